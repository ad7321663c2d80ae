import * as fc from 'fast-check';
import { deleteFleet } from '../../../src/usecases/delete-fleet.ts';
import type { Fault } from '../faulty-database.ts';
import { removeFleet } from '../reference-fleets.ts';
import { afterFault, takeStep } from '../step.ts';
import type { System } from '../system.ts';
import type { FleetName, World } from '../world.ts';
import { fault } from './choices.ts';
import { ModelCommand } from './model-command.ts';
import { fleetName } from './put-fleet.ts';

type Choice = { fleet: FleetName; fault: Fault | undefined };

/** A fleet is deleted, and its devices keep what they run. */
export class DeleteFleet extends ModelCommand<Choice> {
  static readonly arbitrary: fc.Arbitrary<DeleteFleet> = fc
    .record({ fleet: fleetName, fault })
    .map((choice) => new DeleteFleet(choice));

  override check(world: Readonly<World>): boolean {
    return world.server.fleets.has(this.choice.fleet);
  }

  async run(world: World, system: System): Promise<void> {
    const { fleet: name, fault } = this.choice;
    await system.faulty.during(fault, () => deleteFleet(system.context, { name, by: { actor: 'user:ada' } }));
    world.note('FleetDeleted');
    await takeStep(world, system, 'fleet', afterFault(fault, world, removeFleet(world.server, name)));
  }
}
