import * as fc from 'fast-check';
import type { Fault } from '../faulty-database.ts';
import type { Form } from '../history.ts';
import { deliverReports } from '../step.ts';
import type { System } from '../system.ts';
import type { World } from '../world.ts';
import { device, fault, seldom } from './choices.ts';
import { ModelCommand } from './model-command.ts';

type Choice = {
  device: number;
  form: 'own' | 'number' | 'silent';
  withSpec: boolean;
  outdated: boolean;
  delayed: boolean;
  lost: boolean;
  fault: Fault | undefined;
};

/** Most reports: all that the device states of itself, at once, with nothing lost. */
export const usualReport = {
  form: 'own',
  withSpec: false,
  outdated: false,
  delayed: false,
  lost: false,
  fault: undefined,
} as const;

/** A device reports, as a rule at once; the network keeps a copy of what it said. */
export class SendReport extends ModelCommand<Choice> {
  static readonly arbitrary: fc.Arbitrary<SendReport> = fc
    .record({
      device,
      form: fc.constantFrom('own' as const, 'own' as const, 'own' as const, 'number' as const, 'silent' as const),
      withSpec: seldom,
      outdated: fc.nat({ max: 3 }).map((number) => number === 3),
      delayed: seldom,
      lost: seldom,
      fault,
    })
    .map((choice) => new SendReport(choice));

  override check(world: Readonly<World>): boolean {
    return !world.device(this.choice.device).gone;
  }

  async run(world: World, system: System): Promise<void> {
    const { withSpec, outdated, delayed, lost, fault } = this.choice;
    const device = world.device(this.choice.device);
    const form: Form = this.choice.form === 'own' ? device.form : this.choice.form;
    const at = outdated ? device.earlier() : device.at;
    const sent = world.send(device, { at, form, withSpec });
    if (!delayed) await deliverReports(world, system, [sent], { lost, fault });
  }
}
