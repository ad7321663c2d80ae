import * as fc from 'fast-check';
import { deleteDevice } from '../../../src/usecases/delete-device.ts';
import type { Fault } from '../faulty-database.ts';
import { remove } from '../reference-model.ts';
import { afterFault, takeStep } from '../step.ts';
import type { System } from '../system.ts';
import type { World } from '../world.ts';
import { device, fault } from './choices.ts';
import { ModelCommand } from './model-command.ts';

type Choice = { device: number; fault: Fault | undefined };

/** A device is written off by deleting it. */
export class RemoveDevice extends ModelCommand<Choice> {
  static readonly arbitrary: fc.Arbitrary<RemoveDevice> = fc
    .record({ device, fault })
    .map((choice) => new RemoveDevice(choice));

  override check(world: Readonly<World>): boolean {
    return world.server.devices.has(world.device(this.choice.device).name);
  }

  async run(world: World, system: System): Promise<void> {
    const { fault } = this.choice;
    const { name } = world.device(this.choice.device);
    await system.faulty.during(fault, () => deleteDevice(system.context, { name, by: { actor: 'user:ada' } }));
    await takeStep(world, system, 'inventory', afterFault(fault, world, remove(world.server, name)));
  }
}
