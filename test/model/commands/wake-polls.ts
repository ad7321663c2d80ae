import type * as fc from 'fast-check';
import { deliveryTo } from '../reference-model.ts';
import { Violation } from '../invariants.ts';
import { handOver, look } from '../step.ts';
import type { System } from '../system.ts';
import type { World } from '../world.ts';
import { seldom } from './choices.ts';
import { ModelCommand } from './model-command.ts';

/** Polls that are held open are looked at, also those from before a restore. */
export class WakePolls extends ModelCommand<{ lost: boolean }> {
  static readonly arbitrary: fc.Arbitrary<WakePolls> = seldom.map((lost) => new WakePolls({ lost }));

  override check(world: Readonly<World>): boolean {
    return world.polls.length > 0;
  }

  async run(world: World, system: System): Promise<void> {
    const { polls, server } = world;
    const handed = await system.wake(polls.map(({ claim }) => claim));
    const step = await look(world, system, 'nothing', { state: server, events: [] });
    for (const [index, sent] of polls.entries()) {
      const got = handed[index] ?? null;
      handOver(world, step, { sent, handed: got, lost: this.choice.lost });
      const belief = server.devices.get(sent.claim.device);
      const due = belief === undefined ? null : deliveryTo(belief, sent.claim, server.restore);
      if ((due === null) !== (got === null)) {
        throw new Violation(
          `Model: ${due?.id ?? 'nothing'} should have been handed to the poll of ${sent.claim.device}`,
        );
      }
    }
    world.polls = polls.filter((_, index) => handed[index] === null);
  }
}
