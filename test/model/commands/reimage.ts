import * as fc from 'fast-check';
import { deliverReports } from '../step.ts';
import type { System } from '../system.ts';
import { documentThatBrings, type World } from '../world.ts';
import { device } from './choices.ts';
import { ModelCommand } from './model-command.ts';

type Choice = { device: number; timeline: string; version: number; reports: boolean };

/** A device comes back from another control plane, with a spec of a timeline that nobody here knows, and may say so. */
export class Reimage extends ModelCommand<Choice> {
  static readonly arbitrary: fc.Arbitrary<Reimage> = fc
    .record({
      device,
      timeline: fc.uuid({ version: 7 }),
      version: fc.integer({ min: 1, max: 6 }),
      reports: fc.boolean(),
    })
    .map((choice) => new Reimage(choice));

  override check(world: Readonly<World>): boolean {
    return !world.device(this.choice.device).gone;
  }

  async run(world: World, system: System): Promise<void> {
    const { timeline, version, reports } = this.choice;
    const device = world.device(this.choice.device);
    const spec = world.foreignSpec(device, timeline, version);
    device.reimage(spec, documentThatBrings(spec));
    if (!reports) return;
    const sent = world.send(device, { at: device.at, form: device.form, withSpec: false });
    await deliverReports(world, system, [sent], { lost: false, fault: undefined });
  }
}
