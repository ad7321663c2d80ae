import type * as fc from 'fast-check';
import type { Fault } from '../faulty-database.ts';
import { commitRender, renderInputs } from '../reference-model.ts';
import { afterFault, takeStep } from '../step.ts';
import type { System } from '../system.ts';
import type { World } from '../world.ts';
import { fault } from './choices.ts';
import { ModelCommand } from './model-command.ts';

/** The worker sweeps. */
export class Render extends ModelCommand<{ fault: Fault | undefined }> {
  static readonly arbitrary: fc.Arbitrary<Render> = fault.map((fault) => new Render({ fault }));

  async run(world: World, system: System): Promise<void> {
    const { server } = world;
    await system.render(this.choice.fault);
    const next = commitRender(server, server.restore, renderInputs(server));
    await takeStep(world, system, 'render', afterFault(this.choice.fault, world, next));
  }
}
