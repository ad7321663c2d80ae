import * as fc from 'fast-check';
import type { Fault } from '../faulty-database.ts';
import type { System } from '../system.ts';
import type { World } from '../world.ts';
import { fault, pick } from './choices.ts';
import { declareSurely } from './declare.ts';
import { ModelCommand } from './model-command.ts';

type Choice = { backup: number; fault: Fault | undefined };

/** The database is lost and a backup, any one, is put in its place; then the restore is declared. */
export class Restore extends ModelCommand<Choice> {
  static readonly arbitrary: fc.Arbitrary<Restore> = fc
    .record({ backup: pick, fault })
    .map((choice) => new Restore(choice));

  async run(world: World, system: System): Promise<void> {
    const number = this.choice.backup % world.backups.length;
    const backup = world.backups[number];
    if (backup === undefined) return;
    await system.putBack(number);
    world.advance(backup);
    await declareSurely(world, system, this.choice.fault, 'put back');
  }
}
