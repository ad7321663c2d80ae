import * as fc from 'fast-check';
import { fleetRequestSchema } from '../../../src/domain/resources/fleet.ts';
import { replaceFleet } from '../../../src/usecases/replace-fleet.ts';
import { documentOf, failingTemplateOf, nothingWritten, templateOf } from '../contents.ts';
import type { Fault } from '../faulty-database.ts';
import { putFleet } from '../reference-fleets.ts';
import { afterFault, takeStep } from '../step.ts';
import type { System } from '../system.ts';
import { fleets, type FleetName, type World } from '../world.ts';
import { fault } from './choices.ts';
import { ModelCommand } from './model-command.ts';
import { RollOut } from './roll-out.ts';

const templates = ['filled', 'filled', 'filled', 'failing', 'empty', 'same'] as const;

type Choice = {
  fleet: FleetName;
  /** It selects its group; if not, its selector is misspelt. */
  selects: boolean;
  template: (typeof templates)[number];
  rollsOut: boolean;
  fault: Fault | undefined;
};

export const fleetName: fc.Arbitrary<FleetName> = fc.constantFrom('north', 'north', 'south');

/** A person writes a fleet: with another template or another selector, or a new one. */
export class PutFleet extends ModelCommand<Choice> {
  static readonly arbitrary: fc.Arbitrary<PutFleet> = fc
    .record({
      fleet: fleetName,
      selects: fc.nat({ max: 3 }).map((number) => number > 0),
      template: fc.constantFrom(...templates),
      rollsOut: fc.nat({ max: 3 }).map((number) => number > 0),
      fault,
    })
    .map((choice) => new PutFleet(choice));

  async run(world: World, system: System): Promise<void> {
    const { fleet: name, selects, rollsOut, fault } = this.choice;
    const group = selects ? fleets[name] : 'nobody';
    const template = this.template(world);
    const request = fleetRequestSchema.parse({
      apiVersion: 'flightctl.io/v1beta1',
      kind: 'Fleet',
      metadata: { name },
      spec: { selector: { matchLabels: { group } }, template: { spec: documentOf(template) } },
    });
    await system.faulty.during(fault, () => replaceFleet(system.context, { name, request, by: { actor: 'user:ada' } }));
    const next = putFleet(world.server, name, { group, template });
    await takeStep(world, system, 'fleet', afterFault(fault, world, next));
    if (rollsOut) await new RollOut({ fault: undefined }).run(world, system);
  }

  private template(world: World): string {
    const { fleet, template } = this.choice;
    switch (template) {
      case 'filled':
        return templateOf(world.next());
      case 'failing':
        return failingTemplateOf(world.next());
      case 'empty':
        return nothingWritten;
      case 'same':
        return world.server.fleets.get(fleet)?.template ?? templateOf(world.next());
      default:
        return template satisfies never;
    }
  }
}
