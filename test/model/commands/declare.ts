import * as fc from 'fast-check';
import { MusterError } from '../../../src/domain/errors.ts';
import { declareRestore } from '../../../src/usecases/declare-restore.ts';
import type { Fault } from '../faulty-database.ts';
import { s8FailClosed, Violation } from '../invariants.ts';
import { declare } from '../reference-model.ts';
import { takeStep } from '../step.ts';
import type { System } from '../system.ts';
import type { World } from '../world.ts';
import { fault, pick } from './choices.ts';
import { ModelCommand } from './model-command.ts';

type Choice = { key: 'fresh' | 'repeated' | 'clashing'; which: number; fault: Fault | undefined };

/** A restore is declared over the database as it is: a false alarm, or a call that comes twice. */
export class Declare extends ModelCommand<Choice> {
  static readonly arbitrary: fc.Arbitrary<Declare> = fc
    .record({ key: fc.constantFrom('fresh' as const, 'repeated' as const, 'clashing' as const), which: pick, fault })
    .map((choice) => new Declare(choice));

  async run(world: World, system: System): Promise<void> {
    const keys = [...world.server.keys];
    const [known] = keys.slice(this.choice.which % Math.max(1, keys.length));
    if (known === undefined || this.choice.key === 'fresh') {
      await declareSurely(world, system, this.choice.fault);
      return;
    }
    const [idempotencyKey, { reason: given, restore }] = known;
    const clashes = this.choice.key === 'clashing';
    const reason = clashes ? `${given}, no: another one` : given;
    const answer = await declareRestore(system.context, { idempotencyKey, reason, by: { actor: 'user:ada' } }).catch(
      (error: unknown) => {
        if (!clashes || !(error instanceof MusterError) || error.code !== 'conflict') throw error;
        return undefined;
      },
    );
    if (answer !== undefined && (clashes || answer.created || answer.restore.id !== restore)) {
      throw new Violation(`S6: the key of restore ${restore} was used again, and answered ${answer.restore.id}`);
    }
    const step = await takeStep(world, system, 'nothing', { state: world.server, events: [] });
    s8FailClosed(step, 'a repeated key');
  }
}

/** Declares a restore and, as its caller would, calls again with the same key if the answer did not come. */
export async function declareSurely(
  world: World,
  system: System,
  fault: Fault | undefined,
  kind: 'declare' | 'put back' = 'declare',
): Promise<void> {
  const number = world.next();
  const [key, reason] = [`key-${number}`, `INC-${number}`];
  const declaration = { reason, idempotencyKey: key, by: { actor: 'user:ada' } };
  const first = await system.faulty.during(fault, () => declareRestore(system.context, declaration));
  const { restore, created } = first ?? (await declareRestore(system.context, declaration));
  if (created !== (fault !== 'after commit')) throw new Violation(`S6: ${reason} was declared twice or not at all`);
  world.restores.push(restore.id);
  await takeStep(world, system, kind, declare(world.server, restore.id, key, reason));
}
