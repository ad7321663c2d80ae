import type { System } from '../system.ts';
import type { FleetName, World } from '../world.ts';
import { Edit } from './edit.ts';
import { PutFleet } from './put-fleet.ts';

/** A person gives a device another spec: by itself, or by the template of its fleet, which is rolled out. */
export async function changeSpec(world: World, system: System, device: number): Promise<void> {
  const owner = world.server.devices.get(world.device(device).name)?.owner ?? null;
  if (owner === null) await new Edit({ device, what: 'spec', fault: undefined }).run(world, system);
  else
    await new PutFleet({
      fleet: owner as FleetName,
      selects: true,
      template: 'filled',
      rollsOut: true,
      fault: undefined,
    }).run(world, system);
}
