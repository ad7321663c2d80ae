import { appendEvents } from '../db/event-log.ts';
import { lockFleets } from '../db/fleet-lock.ts';
import { findFleet, listFleetRules, removeFleet } from '../db/fleet-store.ts';
import { listDevicesOfFleet } from '../db/ownership-store.ts';
import { deletedEvent } from '../domain/resource-events.ts';
import type { TemplateRenderer } from '../domain/templates/template-renderer.ts';
import type { RenderHints } from '../queue/render-queue.ts';
import { noSuchFleet } from './read-fleet.ts';
import { reviewOwnership } from './steps/review-ownership.ts';
import type { Origin } from '../domain/event.ts';
import { inRestore, type RestoreDeps } from './steps/in-restore.ts';

type Deps = RestoreDeps & { templates: TemplateRenderer; queue: RenderHints };

/** Devices looked at in one round of statements. */
const batch = 500;

/**
 * Deletes a fleet and gives its devices the owners that they have without it, all in one transaction: at no time does a
 * device belong to a fleet that is gone. A device that no other fleet matches keeps the spec it has, as its own.
 *
 * @throws MusterError 404
 */
export async function deleteFleet(deps: Deps, { name, by }: { name: string; by: Origin }): Promise<void> {
  const { restore, wanting } = await inRestore(deps, async (tx, at) => {
    await lockFleets(tx);
    if ((await findFleet(tx, name)) === undefined) throw noSuchFleet(name);
    const fleets = (await listFleetRules(tx)).filter((fleet) => fleet.name !== name);
    const wanting: string[] = [];
    for (let after = ''; ;) {
      const names = await listDevicesOfFleet(tx, name, { after, limit: batch });
      const last = names.at(-1);
      if (last === undefined) break;
      const review = { ...at, templates: deps.templates, fleets, cause: 'FleetDeleted' } as const;
      wanting.push(...(await reviewOwnership(tx, names, review)));
      after = last;
    }
    await removeFleet(tx, name);
    await appendEvents(tx, [deletedEvent({ kind: 'Fleet', name }, by)], at);
    return { restore: at.restore, wanting };
  });
  deps.queue.wantRendering(restore, wanting);
}
