import type { Clock } from '../time/clock.ts';
import type { Database } from '../db/client.ts';
import { badRequest } from '../domain/errors.ts';
import { patchResource } from '../domain/resource-patch.ts';
import { fleetSchema, type Fleet } from '../domain/resources/fleet.ts';
import type { PatchRequest } from '../domain/resources/patch-request.ts';
import { describeProblems } from '../domain/resources/zod-problem.ts';
import { readFleet } from './read-fleet.ts';

/**
 * Checks a patch of a fleet's status, and answers the fleet as it is: the service works that status out, so that what
 * anybody else says of it is overruled at once.
 *
 * @throws MusterError 400 for a patch that cannot be applied, or reaches beyond the status; 404
 */
export async function patchFleetStatus(
  deps: { database: Database; clock: Clock; config: { disconnectedAfterMs: number } },
  { name, patch }: { name: string; patch: PatchRequest },
): Promise<Fleet> {
  const fleet = await readFleet(deps, name);
  const parsed = fleetSchema.safeParse(patchResource(fleet, patch, [['status']]));
  if (!parsed.success) throw badRequest(describeProblems(parsed.error, 'the patched fleet'));
  return fleet;
}
