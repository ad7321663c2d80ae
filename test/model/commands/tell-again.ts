import * as fc from 'fast-check';
import type { System } from '../system.ts';
import type { World } from '../world.ts';
import { Crash } from './crash.ts';
import { device } from './choices.ts';
import { EverybodyReports } from './everybody-reports.ts';
import { ModelCommand } from './model-command.ts';
import { RestartDevice } from './restart-device.ts';

/** An instance and some of the devices are started anew, in either order; then all devices are told again how they stand. */
export class TellAgain extends ModelCommand<{ devices: number[]; devicesFirst: boolean }> {
  static readonly arbitrary: fc.Arbitrary<TellAgain> = fc
    .record({ devices: fc.array(device, { minLength: 1, maxLength: 3, size: 'max' }), devicesFirst: fc.boolean() })
    .map((choice) => new TellAgain(choice));

  async run(world: World, system: System): Promise<void> {
    const { devices, devicesFirst } = this.choice;
    const restarts = devices.map((device) => new RestartDevice({ device })).filter((restart) => restart.check(world));
    if (!devicesFirst) await new Crash({}).run(world, system);
    for (const restart of restarts) await restart.run(world);
    if (devicesFirst) await new Crash({}).run(world, system);
    await new EverybodyReports({ lost: false }).run(world, system);
  }
}
