import type * as fc from 'fast-check';
import type { System } from '../system.ts';
import type { World } from '../world.ts';
import { device } from './choices.ts';
import { changeSpec } from './change-spec.ts';
import { ModelCommand } from './model-command.ts';
import { Render } from './render.ts';
import { SendReport, usualReport } from './send-report.ts';

/** An ordinary day: a device is given another spec, which is rendered, fetched, applied and reported. */
export class Advance extends ModelCommand<{ device: number }> {
  static readonly arbitrary: fc.Arbitrary<Advance> = device.map((device) => new Advance({ device }));

  override check(world: Readonly<World>): boolean {
    const device = world.device(this.choice.device);
    return !device.gone && world.server.devices.get(device.name)?.mustered === true;
  }

  async run(world: World, system: System): Promise<void> {
    const { device } = this.choice;
    await changeSpec(world, system, device);
    await new Render({ fault: undefined }).run(world, system);
    await new SendReport({ device, ...usualReport }).run(world, system);
    await new SendReport({ device, ...usualReport }).run(world, system);
  }
}
