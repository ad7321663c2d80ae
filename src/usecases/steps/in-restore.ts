import type { Database, Executor } from '../../db/client.ts';
import { currentRestore, holdRestore, openSnapshot } from '../../db/fence.ts';
import { unavailable } from '../../domain/errors.ts';
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

/** Dependencies of the functions that show devices as they are now. */
export type ViewDeps = RestoreDeps & { readonly config: { readonly disconnectedAfterMs: number } };

/** The viewpoint from which devices are shown in a restore: now, where no other time is given. */
export function viewAt({ clock, config }: Omit<ViewDeps, 'database'>, restore: string, now = clock.now()): Viewpoint {
  return { restore, now, disconnectedAfterMs: config.disconnectedAfterMs };
}

/** Restores that may be declared while one statement is read. */
const maxDeclared = 5;

/**
 * Reads by one statement, which sees one state of the database and says which restore was current in it. It is made for the restore
 * that was current before, and is sent again in the rare case that another was declared meanwhile. This costs half the round
 * trips of a transaction.
 */
export async function inOneView<Found extends { readonly restore: string }>(
  deps: ViewDeps,
  read: (db: Executor, view: Viewpoint) => Promise<Found>,
): Promise<{ found: Found; view: Viewpoint }> {
  for (let declared = 0; declared < maxDeclared; declared += 1) {
    const view = viewAt(deps, await deps.database.read(currentRestore));
    const found = await deps.database.read((db) => read(db, view));
    if (found.restore === view.restore) return { found, view };
  }
  throw unavailable('restores are being declared: try again', 1);
}

/** Reads in a transaction that sees one state of the database. */
export async function inView<Result>(
  deps: ViewDeps,
  work: (tx: Executor, view: Viewpoint) => Promise<Result>,
): Promise<Result> {
  return await deps.database.transact(async (tx) => await work(tx, viewAt(deps, await openSnapshot(tx))));
}
