import type { Gate } from './gate.ts';
import type { DevicePosition, ServerPosition } from './position.ts';
import { judge } from './verdict.ts';

/**
 * Whether the rendered spec may and need be sent to a device that reported this position: only through an open gate,
 * only to an ancestor (invariant S1), and only what it does not run already.
 */
export function isToBeDelivered(gate: Gate, server: ServerPosition, device: DevicePosition): boolean {
  return gate === 'Open' && server.specHash !== null && judge(server, device).verdict === 'Behind';
}
