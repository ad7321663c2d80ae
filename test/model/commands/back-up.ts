import * as fc from 'fast-check';
import { takeStep } from '../step.ts';
import type { System } from '../system.ts';
import type { World } from '../world.ts';
import { ModelCommand } from './model-command.ts';

/** The database is backed up. */
export class BackUp extends ModelCommand<object> {
  static readonly arbitrary: fc.Arbitrary<BackUp> = fc.constant(null).map(() => new BackUp({}));

  async run(world: World, system: System): Promise<void> {
    await system.takeBackup(world.backups.length);
    world.backups.push(world.server);
    await takeStep(world, system, 'nothing', { state: world.server, events: [] });
  }
}
