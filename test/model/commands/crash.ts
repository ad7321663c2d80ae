import * as fc from 'fast-check';
import { takeStep } from '../step.ts';
import type { System } from '../system.ts';
import type { World } from '../world.ts';
import { ModelCommand } from './model-command.ts';

/** The process dies: polls that were held open, what was being rendered and every cache are gone. */
export class Crash extends ModelCommand<object> {
  static readonly arbitrary: fc.Arbitrary<Crash> = fc.constant(null).map(() => new Crash({}));

  async run(world: World, system: System): Promise<void> {
    world.held = null;
    world.polls = [];
    for (const device of world.devices.values()) device.live = null;
    await system.crash();
    await takeStep(world, system, 'nothing', { state: world.server, events: [] });
  }
}
