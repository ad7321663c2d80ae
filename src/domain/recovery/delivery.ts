import type { Gate } from './gate.ts';
import type { DevicePosition, ServerPosition } from './position.ts';
import { specHash } from '../rendering/spec-hash.ts';
import { judge } from './verdict.ts';

/** Position of a server that has a spec to send. */
export type DeliverablePosition = ServerPosition & { readonly specHash: string };

/** Hash of an empty spec. An agent would remove everything if it got one, so it is never sent, whatever rendered it. */
const emptySpecHash = specHash({});

/**
 * Decides if the rendered spec is sent to a device that reported this position: only through an open gate, only to an
 * ancestor (invariant S1), only if the device does not run it already, and only if somebody wrote it (S10).
 */
export function isToBeDelivered(
  gate: Gate,
  server: ServerPosition,
  device: DevicePosition,
): server is DeliverablePosition {
  if (gate !== 'Open' || server.specHash === null || server.specHash === emptySpecHash) return false;
  // An agent applies a document of its own version too, whatever its content.
  return server.version > device.version && judge(server, device).verdict === 'Behind';
}
