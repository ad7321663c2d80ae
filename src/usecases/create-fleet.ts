import type { Clock } from '../time/clock.ts';
import type { Database, Executor } from '../db/client.ts';
import { appendEvents } from '../db/event-log.ts';
import { holdRestore } from '../db/fence.ts';
import { lockFleets } from '../db/fleet-lock.ts';
import { insertFleet } from '../db/fleet-store.ts';
import { alreadyExists, badRequest } from '../domain/errors.ts';
import { desiredFleet, newFleet, type DesiredFleet } from '../domain/fleets/fleet-edit.ts';
import type { FleetRecord } from '../domain/fleets/fleet-record.ts';
import { createdEvent, rolloutEvent } from '../domain/resource-events.ts';
import type { Fleet, FleetRequest } from '../domain/resources/fleet.ts';
import type { RenderHints } from '../queue/render-queue.ts';
import { fleetDocumentOf } from './read-fleet.ts';
import type { Origin } from '../domain/event.ts';

type Deps = { database: Database; clock: Clock; queue: RenderHints };

/**
 * Creates a fleet, whose devices get its template with the rollout that follows.
 *
 * @throws MusterError 400 for a fleet without a name or with a selector that says nothing sensible; 409 if there is one
 * of that name
 */
export async function createFleet(deps: Deps, { request, by }: { request: FleetRequest; by: Origin }): Promise<Fleet> {
  const { name } = request.metadata;
  if (name === undefined) throw badRequest('metadata.name: expected the name of the fleet');
  const desired = desiredFleet(request);
  const { restore, document } = await deps.database.transact(async (tx) => {
    const restore = await holdRestore(tx);
    await lockFleets(tx);
    const entered = await enterFleet(tx, { name, desired }, { restore, now: deps.clock.now(), by });
    if (entered === undefined) throw alreadyExists('fleet', name);
    return { restore, document: await fleetDocumentOf(tx, entered) };
  });
  deps.queue.wantRollout(restore, name);
  return document;
}

/** Stores a new fleet with its events. The fleets must be locked. @returns undefined if there is one of that name */
export async function enterFleet(
  tx: Executor,
  { name, desired }: { name: string; desired: DesiredFleet },
  { restore, now, by }: { restore: string; now: Date; by: Origin },
): Promise<FleetRecord | undefined> {
  const fleet = newFleet(name, desired, now);
  if (!(await insertFleet(tx, fleet))) return undefined;
  const created = createdEvent({ kind: 'Fleet', name }, by);
  await appendEvents(tx, [created, rolloutEvent(name, fleet.generation, 'Started', by)], { restore, now });
  return fleet;
}
