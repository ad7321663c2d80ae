import type * as fc from 'fast-check';
import type { System } from '../system.ts';
import type { World } from '../world.ts';
import { device } from './choices.ts';
import { Edit } from './edit.ts';
import { ModelCommand } from './model-command.ts';
import { Render } from './render.ts';
import { SendReport } from './send-report.ts';

/** What happens on most days: a person edits a device, which is rendered, fetched, applied and reported. */
export class Advance extends ModelCommand<{ device: number }> {
  static readonly arbitrary: fc.Arbitrary<Advance> = device.map((device) => new Advance({ device }));

  override check(world: Readonly<World>): boolean {
    const device = world.device(this.choice.device);
    return !device.gone && world.server.devices.get(device.name)?.mustered === true;
  }

  async run(world: World, system: System): Promise<void> {
    const { device } = this.choice;
    const usual = {
      form: 'own',
      withSpec: false,
      outdated: false,
      delayed: false,
      lost: false,
      fault: undefined,
    } as const;
    await new Edit({ device, relabel: false, fault: undefined }).run(world, system);
    await new Render({ fault: undefined }).run(world, system);
    await new SendReport({ device, ...usual }).run(world, system);
    await new SendReport({ device, ...usual }).run(world, system);
  }
}
