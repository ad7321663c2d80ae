import * as fc from 'fast-check';
import { MusterError } from '../../../src/domain/errors.ts';
import { patchDevice } from '../../../src/usecases/patch-device.ts';
import { replaceDevice } from '../../../src/usecases/replace-device.ts';
import { deviceRequestSchema } from '../../../src/domain/resources/device.ts';
import { deviceRequest } from '../../support/documents.ts';
import type { Fault } from '../faulty-database.ts';
import { documentOf, nothingWritten } from '../contents.ts';
import { Violation } from '../invariants.ts';
import { edit, isRefused, type Change } from '../reference-model.ts';
import type { Belief } from '../reference-state.ts';
import { afterFault, takeStep } from '../step.ts';
import type { System } from '../system.ts';
import { groups, type World } from '../world.ts';
import { device, fault } from './choices.ts';
import { ModelCommand } from './model-command.ts';

/** A person writes another spec, or none, which changes nothing; gives the device its next label, or takes that away. */
const kinds = ['spec', 'no spec', 'label', 'no label'] as const;
type Choice = { device: number; what: (typeof kinds)[number]; fault: Fault | undefined };

/** A person edits a device. */
export class Edit extends ModelCommand<Choice> {
  static readonly arbitrary: fc.Arbitrary<Edit> = fc
    .record({
      device,
      what: fc.oneof(
        { weight: 8, arbitrary: fc.constant('spec' as const) },
        { weight: 2, arbitrary: fc.constantFrom(...kinds) },
      ),
      fault,
    })
    .map((choice) => new Edit(choice));

  override check(world: Readonly<World>): boolean {
    return world.server.devices.has(world.device(this.choice.device).name);
  }

  async run(world: World, system: System): Promise<void> {
    const { fault } = this.choice;
    const { name } = world.device(this.choice.device);
    const belief = world.server.devices.get(name);
    if (belief === undefined) return;
    const change = this.change(belief, world);
    const refused = await system.faulty
      .during(fault, () => send(system, name, belief, change))
      .then(
        () => false,
        (error: unknown) => {
          if (error instanceof MusterError && error.code === 'conflict') return true;
          throw error;
        },
      );
    if (refused !== isRefused(belief, change))
      throw new Violation(`Model: ${this.toString()} of ${name} was ${refused ? '' : 'not '}refused`);
    await takeStep(world, system, 'edit', afterFault(fault, world, edit(world.server, name, change)));
  }

  private change({ group }: Belief, world: World): Change {
    const { what } = this.choice;
    switch (what) {
      case 'spec':
        return { content: `quay.io/acme/os:${world.next()}` };
      case 'no spec':
        return { content: nothingWritten };
      case 'label':
        return { group: groups[(groups.findIndex((each) => each === group) + 1) % groups.length] ?? null };
      case 'no label':
        return { group: null };
      default:
        return what satisfies never;
    }
  }
}

/** A label is taken away by a patch; all else is a document that is put in the place of the old one. */
async function send(system: System, name: string, before: Belief, { content, group }: Change): Promise<unknown> {
  if (group === null && before.group !== null) {
    const patch = [{ op: 'remove', path: '/metadata/labels/group' } as const];
    return await patchDevice(system.context, { name, patch, by: { actor: 'user:ada' } });
  }
  const labels = labelsOf(group === undefined ? before.group : group);
  const document = deviceRequest(name, { labels, spec: documentOf(content ?? nothingWritten) });
  return await replaceDevice(system.context, {
    name,
    request: deviceRequestSchema.parse(document),
    by: { actor: 'user:ada' },
  });
}

const labelsOf = (group: string | null): Record<string, string> => (group === null ? {} : { group });
