import type * as fc from 'fast-check';
import { s10Absence } from '../invariants.ts';
import type { World } from '../world.ts';
import { device } from './choices.ts';
import { ModelCommand } from './model-command.ts';

/** A device's agent is started anew: it knows what is stored on the device, and nothing that it was told besides. */
export class RestartDevice extends ModelCommand<{ device: number }> {
  static readonly arbitrary: fc.Arbitrary<RestartDevice> = device.map((device) => new RestartDevice({ device }));

  override check(world: Readonly<World>): boolean {
    return !world.device(this.choice.device).gone;
  }

  async run(world: World): Promise<void> {
    world.device(this.choice.device).restart();
    world.note('DeviceRestarted');
    s10Absence(world.witness);
  }
}
