import * as fc from 'fast-check';
import { decommissionDevice } from '../../../src/usecases/decommission-device.ts';
import type { Fault } from '../faulty-database.ts';
import { decommission, isOrdered } from '../reference-model.ts';
import { afterFault, takeStep } from '../step.ts';
import type { System } from '../system.ts';
import type { World } from '../world.ts';
import { device, fault } from './choices.ts';
import { ModelCommand } from './model-command.ts';

type Choice = { device: number; fault: Fault | undefined };

/** A device is decommissioned: it takes no part in this or any later restore. After a restore it may be ordered again. */
export class Decommission extends ModelCommand<Choice> {
  static readonly arbitrary: fc.Arbitrary<Decommission> = fc
    .record({ device, fault })
    .map((choice) => new Decommission(choice));

  override check(world: Readonly<World>): boolean {
    const belief = world.server.devices.get(world.device(this.choice.device).name);
    return belief !== undefined && !isOrdered(belief, world.server.restore);
  }

  async run(world: World, system: System): Promise<void> {
    const { fault } = this.choice;
    const { name } = world.device(this.choice.device);
    await system.faulty.during(fault, () =>
      decommissionDevice(system.context, { name, target: 'Unenroll', by: { actor: 'user:ada' } }),
    );
    await takeStep(
      world,
      system,
      'inventory',
      afterFault(fault, world, decommission(world.server, name, world.history)),
    );
  }
}
