import type { Clock } from '../clock.ts';
import type { Database } from '../db/client.ts';
import { appendEvents } from '../db/event-log.ts';
import { holdRestore } from '../db/fence.ts';
import { lockFleets } from '../db/fleet-lock.ts';
import { findFleet, listFleetRules, removeFleet } from '../db/fleet-store.ts';
import { listDevicesOfFleet } from '../db/ownership-store.ts';
import { deletedEvent } from '../domain/resource-events.ts';
import type { RenderHints } from '../queue/render-queue.ts';
import { noSuchFleet } from './read-fleet.ts';
import { reviewOwnership } from './review-ownership.ts';

/** Devices looked at in one round of statements. */
const batch = 500;

/**
 * Deletes a fleet and gives its devices the owners that they have without it, all in one transaction: at no time does a
 * device belong to a fleet that is gone.
 *
 * @throws MusterError 404
 */
export async function deleteFleet(
  { database, clock, queue }: { database: Database; clock: Clock; queue: RenderHints },
  { name, actor }: { name: string; actor: string },
): Promise<void> {
  const { restore, wanting } = await database.transact(async (tx) => {
    const restore = await holdRestore(tx);
    await lockFleets(tx);
    if ((await findFleet(tx, name)) === undefined) throw noSuchFleet(name);
    const now = clock.now();
    const fleets = (await listFleetRules(tx)).filter((fleet) => fleet.name !== name);
    const wanting: string[] = [];
    for (let after = ''; ;) {
      const names = await listDevicesOfFleet(tx, name, { after, limit: batch });
      const last = names.at(-1);
      if (last === undefined) break;
      wanting.push(...(await reviewOwnership(tx, names, { restore, now, fleets, cause: 'FleetDeleted' })));
      after = last;
    }
    await removeFleet(tx, name);
    await appendEvents(tx, [deletedEvent({ kind: 'Fleet', name }, actor)], { restore, now });
    return { restore, wanting };
  });
  queue.wantRendering(restore, wanting);
}
