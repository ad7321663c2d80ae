import * as fc from 'fast-check';
import { s10Absence } from '../invariants.ts';
import type { World } from '../world.ts';
import { ModelCommand } from './model-command.ts';

/** Longer than any agent waits until it applies its spec once more. */
export const longMs = 10 * 60_000;

/** Nobody does anything for a while, and agents apply once more what they have stored. */
export class PassTime extends ModelCommand<object> {
  static readonly arbitrary: fc.Arbitrary<PassTime> = fc.constant(null).map(() => new PassTime({}));

  async run(world: World): Promise<void> {
    world.passTime(longMs);
    s10Absence(world.witness);
  }
}
