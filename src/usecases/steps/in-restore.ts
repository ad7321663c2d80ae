import type { Database, Executor } from '../../db/client.ts';
import { holdRestore, openSnapshot } from '../../db/fence.ts';
import type { Viewpoint } from '../../domain/devices/device-record.ts';
import type { Clock } from '../../time/clock.ts';

/** Dependencies of work that must not straddle a restore. */
export type RestoreDeps = { readonly database: Database; readonly clock: Clock };

/** The current restore, and the time. */
export type At = { readonly restore: string; readonly now: Date };

/**
 * Does work in a transaction that holds the current restore: until it ends, none can be declared. It is tried again as
 * `transact` does, so the work must have no effect but on the database.
 */
export async function inRestore<Result>(
  { database, clock }: RestoreDeps,
  work: (tx: Executor, at: At) => Promise<Result>,
): Promise<Result> {
  return await database.transact(async (tx) => {
    const restore = await holdRestore(tx);
    return await work(tx, { restore, now: clock.now() });
  });
}

/** Dependencies of showing devices as they stand. */
export type ViewDeps = RestoreDeps & { readonly config: { readonly disconnectedAfterMs: number } };

/** The viewpoint from which devices are shown in a restore: now, where no other time is given. */
export function viewAt({ clock, config }: Omit<ViewDeps, 'database'>, restore: string, now = clock.now()): Viewpoint {
  return { restore, now, disconnectedAfterMs: config.disconnectedAfterMs };
}

/** Reads in a transaction that sees one state of the database. */
export async function inView<Result>(
  deps: ViewDeps,
  work: (tx: Executor, view: Viewpoint) => Promise<Result>,
): Promise<Result> {
  return await deps.database.transact(async (tx) => await work(tx, viewAt(deps, await openSnapshot(tx))));
}
