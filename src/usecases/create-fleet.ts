import type { Executor } from '../db/client.ts';
import { appendEvents } from '../db/event-log.ts';
import { lockFleets } from '../db/fleet-lock.ts';
import { findFleet, insertFleet } from '../db/fleet-store.ts';
import { alreadyExists } from '../domain/errors.ts';
import { desiredFleet, newFleet, type DesiredFleet } from '../domain/fleets/fleet-edit.ts';
import type { FleetRecord } from '../domain/fleets/fleet-record.ts';
import { createdEvent, rolloutEvent } from '../domain/resource-events.ts';
import type { Fleet, FleetRequest } from '../domain/resources/fleet.ts';
import { wantedDocument } from '../domain/journal-facts/wanted-documents.ts';
import type { Journal } from '../journal/journal.ts';
import type { RenderHints } from '../queue/render-queue.ts';
import { assertNotDeleting, fleetDocumentOf } from './read-fleet.ts';
import type { Origin } from '../domain/event.ts';
import { inRestore, type At, type RestoreDeps } from './steps/in-restore.ts';
import { requiredName } from '../domain/resource-name.ts';

type Deps = RestoreDeps & { queue: RenderHints; journal: Journal };

/**
 * Creates a fleet, whose devices get its template with the rollout that follows.
 *
 * @throws MusterError 400 for a fleet without a name or with a selector that says nothing sensible; 409 if there is one
 * of that name
 */
export async function createFleet(deps: Deps, { request, by }: { request: FleetRequest; by: Origin }): Promise<Fleet> {
  const name = requiredName(request, 'fleet');
  const desired = desiredFleet(request);
  const { restore, document } = await inRestore(deps, async (tx, at) => {
    await lockFleets(tx);
    const entered = await enterFleet(tx, { name, desired }, { ...at, by });
    if (entered === undefined) {
      const known = await findFleet(tx, name);
      if (known !== undefined) assertNotDeleting(known);
      throw alreadyExists('fleet', name);
    }
    return { restore: at.restore, document: await fleetDocumentOf(tx, entered) };
  });
  deps.journal.wanted(wantedDocument(document, by));
  deps.queue.wantRollout(restore, name);
  return document;
}

/** Stores a new fleet with its events. The fleets must be locked. @returns undefined if there is one of that name */
export async function enterFleet(
  tx: Executor,
  { name, desired }: { name: string; desired: DesiredFleet },
  { by, ...at }: At & { by: Origin },
): Promise<FleetRecord | undefined> {
  const fleet = newFleet(name, desired, at.now);
  if (!(await insertFleet(tx, fleet))) return undefined;
  const created = createdEvent({ kind: 'Fleet', name }, by);
  await appendEvents(tx, [created, rolloutEvent(name, fleet.generation, 'Started', by)], at);
  return fleet;
}
