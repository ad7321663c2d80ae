import * as fc from 'fast-check';
import { adoptDevices } from '../../../src/usecases/resume-devices.ts';
import type { Fault } from '../faulty-database.ts';
import { checkStep, s5Resume } from '../invariants.ts';
import { decideFor } from '../reference-model.ts';
import { afterFault, look } from '../step.ts';
import type { System } from '../system.ts';
import type { World } from '../world.ts';
import { fault } from './choices.ts';
import { ModelCommand } from './model-command.ts';
import { select, selection, type Selection } from './selection.ts';

type Choice = { selection: Selection; fault: Fault | undefined };

/** A person lets the devices' own specs win. */
export class Adopt extends ModelCommand<Choice> {
  static readonly arbitrary: fc.Arbitrary<Adopt> = fc.record({ selection, fault }).map((choice) => new Adopt(choice));

  async run(world: World, system: System): Promise<void> {
    const { fault } = this.choice;
    const { selectors, names } = select(world, this.choice.selection);
    const action = { ...selectors, reason: 'it knows better', by: { actor: 'user:ada' } };
    const adopt = () => adoptDevices(system.context, action);
    const answer = await system.faulty.during(fault, adopt);
    const next = decideFor(world.server, 'adopt', names, world.history);
    const step = await look(world, system, 'decide', afterFault(fault, world, next));
    if (answer !== undefined) s5Resume(step, answer.names, (await adopt()).names);
    checkStep(step);
  }
}
