import * as fc from 'fast-check';
import { MusterError } from '../../../src/domain/errors.ts';
import { replaceDevice } from '../../../src/usecases/replace-device.ts';
import { deviceRequestSchema } from '../../../src/domain/resources/device.ts';
import { deviceRequest } from '../../support/documents.ts';
import type { Fault } from '../faulty-database.ts';
import { documentOf } from '../history.ts';
import { edit } from '../reference-model.ts';
import { afterFault, takeStep } from '../step.ts';
import type { System } from '../system.ts';
import { groups, type World } from '../world.ts';
import { device, fault, seldom } from './choices.ts';
import { ModelCommand } from './model-command.ts';

type Choice = { device: number; relabel: boolean; fault: Fault | undefined };

/** A person edits the spec of a device, or only its labels. */
export class Edit extends ModelCommand<Choice> {
  static readonly arbitrary: fc.Arbitrary<Edit> = fc
    .record({ device, relabel: seldom, fault })
    .map((choice) => new Edit(choice));

  override check(world: Readonly<World>): boolean {
    return world.server.devices.has(world.device(this.choice.device).name);
  }

  async run(world: World, system: System): Promise<void> {
    const { name } = world.device(this.choice.device);
    const belief = world.server.devices.get(name);
    if (belief === undefined) return;
    const change = this.choice.relabel
      ? { group: groups[(groups.findIndex((group) => group === belief.group) + 1) % groups.length] ?? 'a' }
      : { content: `quay.io/acme/os:${world.next()}` };
    const { content = belief.desired, group = belief.group } = change;
    const request = deviceRequestSchema.parse(
      deviceRequest(name, { labels: group === null ? {} : { group }, spec: documentOf(content) }),
    );
    const refused = await system.faulty
      .during(this.choice.fault, () => replaceDevice(system.context, { name, request, actor: 'user:ada' }))
      .then(
        () => false,
        (error: unknown) => {
          if (error instanceof MusterError && error.code === 'conflict' && !belief.mustered) return true;
          throw error;
        },
      );
    const next = refused ? { state: world.server, events: [] } : edit(world.server, name, change);
    await takeStep(world, system, 'edit', afterFault(this.choice.fault, world, next));
  }
}
