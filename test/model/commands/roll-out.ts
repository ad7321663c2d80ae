import type * as fc from 'fast-check';
import type { Fault } from '../faulty-database.ts';
import { fleetsToRollOut, reviewFleet, rollOutAll } from '../reference-fleets.ts';
import type { Next } from '../reference-state.ts';
import { takeStep } from '../step.ts';
import type { System } from '../system.ts';
import type { World } from '../world.ts';
import { fault } from './choices.ts';
import { ModelCommand } from './model-command.ts';

/** The worker brings fleets to their devices. */
export class RollOut extends ModelCommand<{ fault: Fault | undefined }> {
  static readonly arbitrary: fc.Arbitrary<RollOut> = fault.map((fault) => new RollOut({ fault }));

  async run(world: World, system: System): Promise<void> {
    await system.rollOut(this.choice.fault);
    await takeStep(world, system, 'fleet', this.next(world));
  }

  /** A process that died after its first commit has written a template into devices, and not that it did. */
  private next({ server }: World): Next {
    const [first] = fleetsToRollOut(server);
    switch (this.choice.fault) {
      case undefined:
        return rollOutAll(server);
      case 'before commit':
        return { state: server, events: [] };
      case 'after commit':
        return first === undefined ? { state: server, events: [] } : reviewFleet(server, first);
      default:
        return this.choice.fault satisfies never;
    }
  }
}
