import type { Clock } from '../time/clock.ts';
import type { Database } from '../db/client.ts';
import { appendEvents } from '../db/event-log.ts';
import { holdRestore } from '../db/fence.ts';
import { lockFleets } from '../db/fleet-lock.ts';
import { findFleet, listFleetRules, removeFleet } from '../db/fleet-store.ts';
import { listDevicesOfFleet } from '../db/ownership-store.ts';
import { deletedEvent } from '../domain/resource-events.ts';
import type { TemplateRenderer } from '../domain/templates/template-renderer.ts';
import type { RenderHints } from '../queue/render-queue.ts';
import { noSuchFleet } from './read-fleet.ts';
import { reviewOwnership } from './steps/review-ownership.ts';
import type { Origin } from '../domain/event.ts';

type Deps = { database: Database; clock: Clock; templates: TemplateRenderer; queue: RenderHints };

/** Devices looked at in one round of statements. */
const batch = 500;

/**
 * Deletes a fleet and gives its devices the owners that they have without it, all in one transaction: at no time does a
 * device belong to a fleet that is gone. A device that no other fleet matches keeps the spec it has, as its own.
 *
 * @throws MusterError 404
 */
export async function deleteFleet(
  { database, clock, templates, queue }: Deps,
  { name, by }: { name: string; by: Origin },
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
      const review = { restore, now, templates, fleets, cause: 'FleetDeleted' } as const;
      wanting.push(...(await reviewOwnership(tx, names, review)));
      after = last;
    }
    await removeFleet(tx, name);
    await appendEvents(tx, [deletedEvent({ kind: 'Fleet', name }, by)], { restore, now });
    return { restore, wanting };
  });
  queue.wantRendering(restore, wanting);
}
