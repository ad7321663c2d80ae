import * as fc from 'fast-check';
import type { System } from '../system.ts';
import type { World } from '../world.ts';
import { Adopt } from './adopt.ts';
import { EverybodyReports } from './everybody-reports.ts';
import { ModelCommand } from './model-command.ts';
import { Restore } from './restore.ts';
import { Resume } from './resume.ts';

type Choice = { restore: Restore; rounds: number; decision: Resume | Adopt };

/** A recovery as it goes by the book: a backup is put back, everybody reports, people decide. */
export class Recover extends ModelCommand<Choice> {
  static readonly arbitrary: fc.Arbitrary<Recover> = fc
    .record({
      restore: Restore.arbitrary,
      // In the second round a paused device has been asked for its spec, and sends it.
      rounds: fc.integer({ min: 1, max: 2 }),
      decision: fc.oneof(Resume.arbitrary, Adopt.arbitrary),
    })
    .map((choice) => new Recover(choice));

  async run(world: World, system: System): Promise<void> {
    const { restore, rounds, decision } = this.choice;
    await restore.run(world, system);
    for (let round = 0; round < rounds; round += 1) await new EverybodyReports({ lost: false }).run(world, system);
    await decision.run(world, system);
  }

  override toString(): string {
    const { restore, rounds, decision } = this.choice;
    return `Recover(${restore.toString()}, ${rounds} rounds, ${decision.toString()})`;
  }
}
