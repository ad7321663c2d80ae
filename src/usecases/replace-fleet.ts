import type { Clock } from '../time/clock.ts';
import type { Database } from '../db/client.ts';
import { holdRestore } from '../db/fence.ts';
import { lockFleets } from '../db/fleet-lock.ts';
import { findFleet } from '../db/fleet-store.ts';
import { alreadyExists, badRequest } from '../domain/errors.ts';
import { assertExpectedVersion } from '../domain/expected-version.ts';
import { desiredFleet } from '../domain/fleets/fleet-edit.ts';
import type { Fleet, FleetRequest } from '../domain/resources/fleet.ts';
import type { RenderHints } from '../queue/render-queue.ts';
import { enterFleet } from './create-fleet.ts';
import { editFleet } from './steps/edit-fleet.ts';
import { fleetDocumentOf } from './read-fleet.ts';
import type { Origin } from '../domain/event.ts';

type Deps = { database: Database; clock: Clock; queue: RenderHints };

/**
 * Puts a fleet in the place of the one of that name, or creates it.
 *
 * @returns the fleet, and whether it was created
 * @throws MusterError 400 if the document names another fleet or its selector says nothing sensible; 409 if the fleet has
 * changed since it was read
 */
export async function replaceFleet(
  deps: Deps,
  { name, request, by }: { name: string; request: FleetRequest; by: Origin },
): Promise<{ document: Fleet; created: boolean }> {
  if (request.metadata.name !== undefined && request.metadata.name !== name) {
    throw badRequest(`metadata.name: expected ${name}, the fleet in the path, found ${request.metadata.name}`);
  }
  const desired = desiredFleet(request);
  const { restore, document, created, rollout } = await deps.database.transact(async (tx) => {
    const restore = await holdRestore(tx);
    await lockFleets(tx);
    const at = { restore, now: deps.clock.now(), by };
    const known = await findFleet(tx, name);
    if (known === undefined) {
      const fleet = await enterFleet(tx, { name, desired }, at);
      if (fleet === undefined) throw alreadyExists('fleet', name);
      return { restore, document: await fleetDocumentOf(tx, fleet), created: true, rollout: true };
    }
    assertExpectedVersion(request.metadata.resourceVersion, { kind: 'fleet', ...known });
    const { fleet, rollout } = await editFleet(tx, known, desired, at);
    return { restore, document: await fleetDocumentOf(tx, fleet), created: false, rollout };
  });
  if (rollout) deps.queue.wantRollout(restore, name);
  return { document, created };
}
