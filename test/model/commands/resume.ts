import * as fc from 'fast-check';
import { resumeDevices } from '../../../src/usecases/resume-devices.ts';
import type { Fault } from '../faulty-database.ts';
import { s5Resume, s8FailClosed } from '../invariants.ts';
import { decideFor } from '../reference-model.ts';
import { gateOf } from '../reference-state.ts';
import { afterFault, look, takeStep } from '../step.ts';
import { checkStep } from '../invariants.ts';
import type { System } from '../system.ts';
import type { World } from '../world.ts';
import { fault, seldom } from './choices.ts';
import { ModelCommand } from './model-command.ts';
import { select, selection, type Selection } from './selection.ts';

type Choice = { selection: Selection; limit: number | undefined; dryRun: boolean; fault: Fault | undefined };

/** A person lets the restored spec win. */
export class Resume extends ModelCommand<Choice> {
  static readonly arbitrary: fc.Arbitrary<Resume> = fc
    .record({
      selection,
      limit: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined, freq: 4 }),
      dryRun: seldom,
      fault,
    })
    .map((choice) => new Resume(choice));

  async run(world: World, system: System): Promise<void> {
    const { limit, dryRun, fault } = this.choice;
    const { selectors, names } = select(world, this.choice.selection);
    const { devices, restore } = world.server;
    const paused = names.filter((name) => {
      const belief = devices.get(name);
      return belief !== undefined && gateOf(belief, restore) === 'ConflictPaused';
    });
    const chosen = paused.slice(0, limit ?? paused.length);
    const action = { ...selectors, limit, dryRun, reason: 'it is fine', by: { actor: 'user:ada' } };
    const resume = () => resumeDevices(system.context, action);
    const answer = await system.faulty.during(dryRun ? undefined : fault, resume);
    if (dryRun) {
      const step = await takeStep(world, system, 'nothing', { state: world.server, events: [] });
      s8FailClosed(step, 'a dry run');
      return;
    }
    const next = decideFor(world.server, 'resume', chosen, world.history);
    const step = await look(world, system, 'decide', afterFault(fault, world, next));
    if (answer !== undefined) {
      const again = limit === undefined ? (await resume()).names : [];
      s5Resume(step, answer.names, again);
    }
    checkStep(step);
  }
}
