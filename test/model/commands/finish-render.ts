import * as fc from 'fast-check';
import { commitRender, renderInputs } from '../reference-model.ts';
import type { ServerState } from '../reference-state.ts';
import { takeStep } from '../step.ts';
import type { System } from '../system.ts';
import type { World } from '../world.ts';
import { ModelCommand } from './model-command.ts';

/** The slow sweep commits, whatever happened meanwhile. */
export class FinishRender extends ModelCommand<object> {
  static readonly arbitrary: fc.Arbitrary<FinishRender> = fc.constant(null).map(() => new FinishRender({}));

  override check(world: Readonly<World>): boolean {
    return world.held !== null;
  }

  async run(world: World, system: System): Promise<void> {
    const { held, server } = world;
    if (held === null) return;
    world.held = null;
    await system.finishRender();
    const { state } = commitRender(server, held.restore, held.inputs);
    await takeStep(world, system, 'render', { state: goOn(state, held), events: [] });
  }
}

/** The sweep goes on with the names after those of its first batch, in the restore that it began in. */
function goOn(state: ServerState, { restore, inputs }: NonNullable<World['held']>): ServerState {
  const last =
    inputs
      .map(({ device }) => device)
      .toSorted()
      .at(-1) ?? '';
  const more = renderInputs(state).filter(({ device }) => device > last);
  return commitRender(state, restore, more).state;
}
