import type { Clock } from '../time/clock.ts';
import type { Database } from '../db/client.ts';
import { holdRestore } from '../db/fence.ts';
import { lockFleets } from '../db/fleet-lock.ts';
import { findFleet } from '../db/fleet-store.ts';
import { badRequest } from '../domain/errors.ts';
import { desiredFleet } from '../domain/fleets/fleet-edit.ts';
import { patchResource } from '../domain/resource-patch.ts';
import { fleetRequestSchema, type Fleet } from '../domain/resources/fleet.ts';
import type { PatchRequest } from '../domain/resources/patch-request.ts';
import { describeProblems } from '../domain/resources/zod-problem.ts';
import type { RenderHints } from '../queue/render-queue.ts';
import { editFleet } from './steps/edit-fleet.ts';
import { fleetDocumentOf, noSuchFleet } from './read-fleet.ts';
import type { Origin } from '../domain/event.ts';

type Deps = { database: Database; clock: Clock; queue: RenderHints };

const patchable = [['metadata', 'labels'], ['metadata', 'annotations'], ['spec']];

/**
 * Applies a JSON Patch to a fleet as it is shown.
 *
 * @throws MusterError 400 for an operation that cannot be applied, that changes what only the service does, or whose
 * result is no fleet; 404 if there is no such fleet
 */
export async function patchFleet(
  deps: Deps,
  { name, patch, by }: { name: string; patch: PatchRequest; by: Origin },
): Promise<Fleet> {
  const { restore, document, rollout } = await deps.database.transact(async (tx) => {
    const restore = await holdRestore(tx);
    await lockFleets(tx);
    const known = await findFleet(tx, name);
    if (known === undefined) throw noSuchFleet(name);
    const parsed = fleetRequestSchema.safeParse(patchResource(await fleetDocumentOf(tx, known), patch, patchable));
    if (!parsed.success) throw badRequest(describeProblems(parsed.error, 'the patched fleet'));
    const at = { restore, now: deps.clock.now(), by };
    const { fleet, rollout } = await editFleet(tx, known, desiredFleet(parsed.data), at);
    return { restore, document: await fleetDocumentOf(tx, fleet), rollout };
  });
  if (rollout) deps.queue.wantRollout(restore, name);
  return document;
}
