import type * as fc from 'fast-check';
import type { World } from '../world.ts';
import { device } from './choices.ts';
import { ModelCommand } from './model-command.ts';

/** A device's newest spec did not work, and its disk is put back to how it was before. */
export class RollBack extends ModelCommand<{ device: number }> {
  static readonly arbitrary: fc.Arbitrary<RollBack> = device.map((device) => new RollBack({ device }));

  override check(world: Readonly<World>): boolean {
    const device = world.device(this.choice.device);
    return device.earlier() !== null && !device.gone;
  }

  async run(world: World): Promise<void> {
    world.device(this.choice.device).rollBack();
  }
}
