import { annotationKeys } from './device-document.ts';
import type { Gate } from '../recovery/gate.ts';
import type { Device } from '../resources/device.ts';

/**
 * The answer to a report of a device's status: the device by its name, and how it stood when the report was committed.
 * Nothing is read back for it, because agents do not read it. No agent can take it for a spec to apply: it has no spec (the
 * contract demands none), not even an empty one, and no rendered version, whatever the gate.
 */
export function statusAnswer(name: string, { gate, restore }: { gate: Gate; restore: string }): Device {
  return {
    apiVersion: 'flightctl.io/v1beta1',
    kind: 'Device',
    metadata: { name, annotations: { ...gateAnnotation(gate), [annotationKeys.restore]: restore } },
  };
}

function gateAnnotation(gate: Gate): Record<string, string> {
  switch (gate) {
    case 'Open':
      return {};
    case 'AwaitingReconnect':
      return { [annotationKeys.awaitingReconnect]: 'true' };
    case 'ConflictPaused':
      return { [annotationKeys.conflictPaused]: 'true' };
    default:
      return gate satisfies never;
  }
}
