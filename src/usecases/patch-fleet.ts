import { lockFleets } from '../db/fleet-lock.ts';
import { findFleet } from '../db/fleet-store.ts';
import { desiredFleet } from '../domain/fleets/fleet-edit.ts';
import { patchedRequest } from '../domain/resource-patch.ts';
import { fleetRequestSchema, type Fleet } from '../domain/resources/fleet.ts';
import type { PatchRequest } from '../domain/resources/patch-request.ts';
import { wantedDocument } from '../domain/journal-facts/wanted-documents.ts';
import type { Journal } from '../journal/journal.ts';
import type { RenderHints } from '../queue/render-queue.ts';
import { editFleet } from './steps/edit-fleet.ts';
import { assertNotDeleting, fleetDocumentOf, noSuchFleet } from './read-fleet.ts';
import type { Origin } from '../domain/event.ts';
import { inRestore, type RestoreDeps } from './steps/in-restore.ts';

type Deps = RestoreDeps & { queue: RenderHints; journal: Journal };

/**
 * Applies a JSON Patch to a fleet as it is shown.
 *
 * @throws MusterError 400 for an operation that cannot be applied, that changes what only the service does, or whose
 * result is no fleet; 404 if there is no such fleet; 409 if it is being deleted
 */
export async function patchFleet(
  deps: Deps,
  { name, patch, by }: { name: string; patch: PatchRequest; by: Origin },
): Promise<Fleet> {
  const { restore, document, rollout } = await inRestore(deps, async (tx, at) => {
    await lockFleets(tx);
    const known = await findFleet(tx, name);
    if (known === undefined) throw noSuchFleet(name);
    assertNotDeleting(known);
    const patched = patchedRequest(await fleetDocumentOf(tx, known), patch, fleetRequestSchema, 'the patched fleet');
    const { fleet, rollout } = await editFleet(tx, known, desiredFleet(patched), { ...at, by });
    return { restore: at.restore, document: await fleetDocumentOf(tx, fleet), rollout };
  });
  deps.journal.wanted(wantedDocument(document, by));
  if (rollout) deps.queue.wantRollout(restore, name);
  return document;
}
