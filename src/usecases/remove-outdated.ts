import type { Config } from '../config/config.ts';
import type { Executor } from '../db/client.ts';
import { removeEvents, removeRestores, removeUnknownDevices, type RemovalStep } from '../db/retention-store.ts';
import { removeLost } from '../db/lost-store.ts';
import { uuidv7 } from './timeline-id.ts';
import type { Observer, OutdatedKind } from './observer.ts';
import { doChore, type ChoreDeps } from './steps/do-chore.ts';

type Deps = ChoreDeps & {
  readonly observer: Observer;
  readonly config: Pick<Config, 'eventsKeepMs' | 'restoresKeepMs' | 'unknownDevicesKeepMs'>;
};

/** Interval of the checks for rows that have been kept long enough. */
const everyMs = 10 * 60_000;
const dayMs = 86_400_000;

type Removal = (tx: Executor, from: { before: Date; after: number }) => Promise<RemovalStep<number>>;

/**
 * Removes events, restores and unknown devices that have been kept for as long as the settings say, in steps of bounded size: never
 * what the current restore or the report of a restore that is kept needs.
 */
export async function removeOutdated(deps: Deps, signal: AbortSignal): Promise<void> {
  const { eventsKeepMs, restoresKeepMs, unknownDevicesKeepMs } = deps.config;
  // Restores first: what only their reports needed goes with them.
  await remove(deps, { kind: 'restores', keepMs: restoresKeepMs, signal }, removeRestores);
  await remove(deps, { kind: 'events', keepMs: eventsKeepMs, signal }, removeEvents);
  await remove(deps, { kind: 'unknown-devices', keepMs: unknownDevicesKeepMs, signal }, removeUnknownDevices);
  // What the journal had for restores that are over.
  await remove(deps, { kind: 'lost', keepMs: dayMs, signal }, (tx, { before }) => removeLost(tx, uuidv7(before)));
}

async function remove(
  deps: Deps,
  { kind, keepMs, signal }: { kind: OutdatedKind; keepMs: number | undefined; signal: AbortSignal },
  removal: Removal,
): Promise<void> {
  if (keepMs === undefined) return;
  let after: number | undefined = 0;
  await doChore(deps, { name: kind, everyMs, signal }, async () => {
    const from = { before: new Date(deps.clock.now().getTime() - keepMs), after: after ?? 0 };
    const { removed, next } = await deps.database.transact((tx) => removal(tx, from));
    deps.observer.removedOutdated(kind, removed);
    after = next;
    return next !== undefined;
  });
}
