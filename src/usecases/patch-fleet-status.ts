import { patchedRequest } from '../domain/resource-patch.ts';
import { fleetSchema, type Fleet } from '../domain/resources/fleet.ts';
import type { PatchRequest } from '../domain/resources/patch-request.ts';
import { readFleet } from './read-fleet.ts';
import type { ViewDeps } from './steps/in-restore.ts';

/**
 * Checks a patch of a fleet's status, and answers the fleet as it is: the service works that status out, so that what
 * anybody else says of it is overruled at once.
 *
 * @throws MusterError 400 for a patch that cannot be applied, or reaches beyond the status; 404
 */
export async function patchFleetStatus(
  deps: ViewDeps,
  { name, patch }: { name: string; patch: PatchRequest },
): Promise<Fleet> {
  const fleet = await readFleet(deps, name);
  patchedRequest(fleet, patch, fleetSchema, 'the patched fleet', [['status']]);
  return fleet;
}
