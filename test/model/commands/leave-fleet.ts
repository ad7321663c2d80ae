import * as fc from 'fast-check';
import type { System } from '../system.ts';
import { fleets, type FleetName, type World } from '../world.ts';
import { device } from './choices.ts';
import { DeleteFleet } from './delete-fleet.ts';
import { Edit } from './edit.ts';
import { ModelCommand } from './model-command.ts';
import { PutFleet } from './put-fleet.ts';
import { Render } from './render.ts';
import { RestartDevice } from './restart-device.ts';
import { SendReport, usualReport } from './send-report.ts';

const ways = ['fleet deleted', 'selector misspelt', 'label patched away'] as const;

/** A device runs the template of its fleet and loses the fleet, which must leave it with what it runs. */
export class LeaveFleet extends ModelCommand<{ device: number; way: (typeof ways)[number] }> {
  static readonly arbitrary: fc.Arbitrary<LeaveFleet> = fc
    .record({ device, way: fc.constantFrom(...ways) })
    .map((choice) => new LeaveFleet(choice));

  override check(world: Readonly<World>): boolean {
    return this.fleetIn(world) !== undefined && !world.device(this.choice.device).gone;
  }

  /** The fleet that selects the device, if there is one or will be. */
  private fleetIn(world: Readonly<World>): FleetName | undefined {
    const group = world.server.devices.get(world.device(this.choice.device).name)?.group ?? null;
    return (['north', 'south'] as const).find((name) => fleets[name] === group);
  }

  async run(world: World, system: System): Promise<void> {
    const fleet = this.fleetIn(world);
    if (fleet === undefined) return;
    const put = { fleet, rollsOut: true, fault: undefined };
    await new PutFleet({ ...put, selects: true, template: 'filled' }).run(world, system);
    await this.converse(world, system);
    await this.leave(world, system, put);
    const restart = new RestartDevice({ device: this.choice.device });
    if (restart.check(world)) await restart.run(world);
    await this.converse(world, system);
  }

  private async converse(world: World, system: System): Promise<void> {
    await new Render({ fault: undefined }).run(world, system);
    for (let times = 0; times < 2; times += 1) {
      const report = new SendReport({ ...usualReport, device: this.choice.device });
      if (report.check(world)) await report.run(world, system);
    }
  }

  private async leave(
    world: World,
    system: System,
    put: { fleet: FleetName; rollsOut: boolean; fault: undefined },
  ): Promise<void> {
    const { device, way } = this.choice;
    switch (way) {
      case 'fleet deleted':
        await new DeleteFleet(put).run(world, system);
        return;
      case 'selector misspelt':
        await new PutFleet({ ...put, selects: false, template: 'same' }).run(world, system);
        return;
      case 'label patched away':
        await new Edit({ device, what: 'no label', fault: undefined }).run(world, system);
        return;
      default:
        way satisfies never;
    }
  }
}
