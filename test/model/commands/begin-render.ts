import type * as fc from 'fast-check';
import { renderInputs } from '../reference-model.ts';
import { takeStep } from '../step.ts';
import type { System } from '../system.ts';
import type { World } from '../world.ts';
import { device } from './choices.ts';
import { changeSpec } from './change-spec.ts';
import { ModelCommand } from './model-command.ts';

/** A device is given another spec, and a slow sweep reads what there is to render; it gets no further than its commit for now. */
export class BeginRender extends ModelCommand<{ device: number }> {
  static readonly arbitrary: fc.Arbitrary<BeginRender> = device.map((device) => new BeginRender({ device }));

  override check(world: Readonly<World>): boolean {
    return world.held === null && world.server.devices.has(world.device(this.choice.device).name);
  }

  async run(world: World, system: System): Promise<void> {
    await changeSpec(world, system, this.choice.device);
    const { server } = world;
    const inputs = renderInputs(server);
    if (inputs.length === 0) return;
    world.held = { restore: server.restore, inputs };
    await system.beginRender();
    await takeStep(world, system, 'nothing', { state: server, events: [] });
  }
}
