import * as fc from 'fast-check';
import { renderDevices } from '../../../src/usecases/render-devices.ts';
import { commitRender, renderInputs } from '../reference-model.ts';
import { takeStep } from '../step.ts';
import type { System } from '../system.ts';
import type { World } from '../world.ts';
import { device } from './choices.ts';
import { ModelCommand } from './model-command.ts';

type Choice = { restoresAgo: number; devices: number[] };

/** A job comes out of the queue, perhaps one of an older restore. */
export class RenderJob extends ModelCommand<Choice> {
  static readonly arbitrary: fc.Arbitrary<RenderJob> = fc
    .record({ restoresAgo: fc.nat({ max: 2 }), devices: fc.array(device, { minLength: 1, maxLength: 3 }) })
    .map((choice) => new RenderJob(choice));

  async run(world: World, system: System): Promise<void> {
    const { server, restores } = world;
    const restore = restores.at(-1 - this.choice.restoresAgo) ?? server.restore;
    const devices = this.choice.devices.map((index) => world.device(index).name);
    await renderDevices(system.context, { restore, devices });
    const inputs = renderInputs(server).filter(({ device }) => devices.includes(device));
    await takeStep(world, system, 'render', commitRender(server, restore, inputs));
  }
}
