import type { Gate } from './gate.ts';
import type { DevicePosition, ServerPosition } from './position.ts';
import { specHash } from '../rendering/spec-hash.ts';
import { judge } from './verdict.ts';

/** Position of a server that has a spec to send. */
export type DeliverablePosition = ServerPosition & { readonly specHash: string };

/** Hash of a spec that says nothing. An agent would remove everything by it, so it is never sent, whoever rendered it. */
const emptySpecHash = specHash({});

/**
 * Tells whether the rendered spec may and need be sent to a device that reported this position: only through an open gate,
 * only to an ancestor (invariant S1), only what the device does not run already, and only what somebody wrote (S10).
 */
export function isToBeDelivered(
  gate: Gate,
  server: ServerPosition,
  device: DevicePosition,
): server is DeliverablePosition {
  if (gate !== 'Open' || server.specHash === null || server.specHash === emptySpecHash) return false;
  // An agent applies a document of its own version too, whatever is in it.
  return server.version > device.version && judge(server, device).verdict === 'Behind';
}
