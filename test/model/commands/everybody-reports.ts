import type * as fc from 'fast-check';
import { deliverReports } from '../step.ts';
import type { System } from '../system.ts';
import type { World } from '../world.ts';
import { seldom } from './choices.ts';
import { ModelCommand } from './model-command.ts';

/** Every device reports, and all of it is one commit: what comes after a restore. */
export class EverybodyReports extends ModelCommand<{ lost: boolean }> {
  static readonly arbitrary: fc.Arbitrary<EverybodyReports> = seldom.map((lost) => new EverybodyReports({ lost }));

  async run(world: World, system: System): Promise<void> {
    const sent = [...world.devices.values()]
      .filter((device) => !device.gone)
      .map((device) => world.send(device, { at: device.at, form: device.form, withSpec: false }));
    await deliverReports(world, system, sent, { lost: this.choice.lost, fault: undefined });
  }
}
