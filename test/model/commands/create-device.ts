import * as fc from 'fast-check';
import { deviceRequestSchema } from '../../../src/domain/resources/device.ts';
import { createDevice } from '../../../src/usecases/create-device.ts';
import { deviceRequest } from '../../support/documents.ts';
import type { Fault } from '../faulty-database.ts';
import { documentOf, nothingWritten } from '../contents.ts';
import { create } from '../reference-model.ts';
import { afterFault, takeStep } from '../step.ts';
import type { System } from '../system.ts';
import { groups, type World } from '../world.ts';
import { device, fault, seldom } from './choices.ts';
import { ModelCommand } from './model-command.ts';

type Choice = { device: number; group: (typeof groups)[number]; empty: boolean; fault: Fault | undefined };

/** A device that the database does not know is entered, perhaps without a spec, though it may have been known before a restore. */
export class CreateDevice extends ModelCommand<Choice> {
  static readonly arbitrary: fc.Arbitrary<CreateDevice> = fc
    .record({ device, group: fc.constantFrom(...groups), empty: seldom, fault })
    .map((choice) => new CreateDevice(choice));

  override check(world: Readonly<World>): boolean {
    return !world.server.devices.has(world.device(this.choice.device).name);
  }

  async run(world: World, system: System): Promise<void> {
    const { group, empty, fault } = this.choice;
    const { name } = world.device(this.choice.device);
    const content = empty ? nothingWritten : `quay.io/acme/os:${world.next()}`;
    const request = deviceRequestSchema.parse(deviceRequest(name, { labels: { group }, spec: documentOf(content) }));
    await system.faulty.during(fault, () => createDevice(system.context, { request, by: { actor: 'user:ada' } }));
    const next = create(world.server, name, content, group);
    await takeStep(world, system, 'inventory', afterFault(fault, world, next));
  }
}
