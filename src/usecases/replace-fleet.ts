import { lockFleets } from '../db/fleet-lock.ts';
import { findFleet } from '../db/fleet-store.ts';
import { alreadyExists } from '../domain/errors.ts';
import { assertExpectedVersion } from '../domain/expected-version.ts';
import { desiredFleet } from '../domain/fleets/fleet-edit.ts';
import type { Fleet, FleetRequest } from '../domain/resources/fleet.ts';
import { wantedDocument } from '../domain/journal-facts/wanted-documents.ts';
import type { Journal } from '../journal/journal.ts';
import type { RenderHints } from '../queue/render-queue.ts';
import { enterFleet } from './create-fleet.ts';
import { editFleet } from './steps/edit-fleet.ts';
import { assertNotDeleting, fleetDocumentOf } from './read-fleet.ts';
import type { Origin } from '../domain/event.ts';
import { inRestore, type RestoreDeps } from './steps/in-restore.ts';
import { assertNamedAsPath } from '../domain/resource-name.ts';

type Deps = RestoreDeps & { queue: RenderHints; journal: Journal };

/**
 * Puts a fleet in the place of the one of that name, or creates it.
 *
 * @returns the fleet, and whether it was created
 * @throws MusterError 400 if the document names another fleet or its selector says nothing sensible; 409 if the fleet has
 * changed since it was read, or is being deleted
 */
export async function replaceFleet(
  deps: Deps,
  { name, request, by }: { name: string; request: FleetRequest; by: Origin },
): Promise<{ document: Fleet; created: boolean }> {
  assertNamedAsPath(request, name, 'fleet');
  const desired = desiredFleet(request);
  const { restore, document, created, rollout } = await inRestore(deps, async (tx, { restore, now }) => {
    await lockFleets(tx);
    const at = { restore, now, by };
    const known = await findFleet(tx, name);
    if (known === undefined) {
      const fleet = await enterFleet(tx, { name, desired }, at);
      if (fleet === undefined) throw alreadyExists('fleet', name);
      return { restore, document: await fleetDocumentOf(tx, fleet), created: true, rollout: true };
    }
    assertNotDeleting(known);
    assertExpectedVersion(request.metadata.resourceVersion, { kind: 'fleet', ...known });
    const { fleet, rollout } = await editFleet(tx, known, desired, at);
    return { restore, document: await fleetDocumentOf(tx, fleet), created: false, rollout };
  });
  deps.journal.wanted(wantedDocument(document, by));
  if (rollout) deps.queue.wantRollout(restore, name);
  return { document, created };
}
