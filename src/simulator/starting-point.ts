import type { JsonObject } from '../domain/json.ts';
import type { DevicePosition } from '../domain/recovery/position.ts';
import { readAgentSpec } from './device/agent-spec.ts';
import { applySpec } from './device/apply-spec.ts';
import { Machine, nothingDelivered, type OsMode } from './device/machine.ts';

/** A spec that a simulated device runs from the beginning, and the position that it counts as. */
export type StartingPoint = { readonly position: DevicePosition; readonly spec: JsonObject };

/** A device fresh from the factory. */
export const fresh: StartingPoint = { position: nothingDelivered.position, spec: {} };

/** Makes a machine that already matches its first spec. */
export function machineAt(name: string, { position, spec }: StartingPoint, osMode: OsMode = 'image'): Machine {
  const machine = new Machine(name, osMode);
  const delivered = { position, restore: null, spec };
  machine.notes = { desired: delivered, current: delivered, rollback: { failedVersion: null } };
  const wanted = readAgentSpec(spec);
  applySpec(machine, readAgentSpec({}), wanted);
  machine.bootedImage = wanted.os?.image ?? '';
  return machine;
}
