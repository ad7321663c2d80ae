import * as fc from 'fast-check';
import type { Fault } from '../faulty-database.ts';
import type { Report } from '../history.ts';
import { deliverReports } from '../step.ts';
import type { System } from '../system.ts';
import type { World } from '../world.ts';
import { fault, pick, seldom } from './choices.ts';
import { ModelCommand } from './model-command.ts';

type Choice = { picks: number[]; keep: boolean; lost: boolean; fault: Fault | undefined };

/** The network delivers what it held back or had delivered before: late, again, out of order, several in one commit. */
export class DeliverReports extends ModelCommand<Choice> {
  static readonly arbitrary: fc.Arbitrary<DeliverReports> = fc
    .record({
      picks: fc.array(pick, { minLength: 1, maxLength: 4, size: 'max' }),
      keep: fc.boolean(),
      lost: seldom,
      fault,
    })
    .map((choice) => new DeliverReports(choice));

  override check(world: Readonly<World>): boolean {
    return world.bag.length > 0;
  }

  async run(world: World, system: System): Promise<void> {
    const { picks, keep, lost, fault } = this.choice;
    const reports = picks.flatMap((index): Report[] => world.bag.slice(index % world.bag.length).slice(0, 1));
    if (!keep) world.bag = world.bag.filter((sent) => !reports.includes(sent));
    await deliverReports(world, system, reports, { lost, fault });
  }
}
