import { isDeepStrictEqual } from 'node:util';
import { Command } from 'commander';
import { z } from 'zod';
import { saysNothing } from '../../domain/rendering/absence.ts';
import { clientAnnotations } from '../../domain/devices/device-document.ts';
import type { JsonObject } from '../../domain/json.ts';
import { removalsBetween, removalText } from '../../domain/rendering/spec-removals.ts';
import type { ApiClient } from '../../client/api-client.ts';
import { apiOf } from '../connection.ts';
import { addExamples } from '../examples.ts';
import { CliError, exitCodes, requireAllDone, UsageError } from '../../client/failures.ts';
import { readDesired, type DesiredDocument } from '../../manifests/desired-documents.ts';
import { refusedKind } from '../resources/refused-kind.ts';
import { inBrief } from '../../terminal/counted.ts';
import { listedProblems } from '../output/listed-problems.ts';
import { printable } from '../../terminal/printable.ts';
import { desiredKinds, type DesiredKind, type DesiredState } from '../resources/desired-kinds.ts';
import { print, note } from '../../terminal/terminal.ts';

type Options = { readonly filename: readonly string[] };

/** `muster apply` */
export function applyCommand(): Command {
  const command = new Command('apply')
    .description(
      'create or change devices, fleets, enrollment requests and certificate signing requests as documents say, and print what devices lose by it',
    )
    .requiredOption(
      '-f, --filename <file>',
      'YAML 1.1 or JSON in UTF-8, many documents to a file; a directory for the files in it; - for standard input; may be repeated',
      (file: string, before: readonly string[] | undefined) => [...(before ?? []), file],
    )
    .action(apply);
  return addExamples(command, [
    { line: 'muster apply -f fleet.yaml' },
    { line: 'muster apply -f fleets/ -f devices.json' },
    { line: 'muster get device gateway-0017 -o yaml | sed s/1.2/1.3/ | muster apply -f -' },
  ]);
}

async function apply({ filename }: Options, command: Command): Promise<void> {
  if (filename.filter((file) => file === '-').length > 1) throw new UsageError('standard input can be read only once');
  const api = apiOf(command);
  const applied: string[] = [];
  let failed = 0;
  for (const file of filename) {
    for await (const desired of readDesired(file)) {
      try {
        const { label, outcome, removes } = await applyOne(api, desired);
        applied.push(label);
        print([`${label} ${outcome}`, ...removes.map((what) => `  removes: ${printable(what)}`)].join('\n'));
      } catch (error) {
        if (!(error instanceof CliError)) throw error;
        // Without a server, or without the right to use it, the rest would fail alike.
        if (error.exitCode === exitCodes.unreachable || error.exitCode === exitCodes.notAllowed) {
          throw new CliError(`${desired.place}: ${error.message}; ${leftOff(applied)}`, error.exitCode, {
            cause: error,
          });
        }
        failed += 1;
        note(`error: ${desired.place}: ${listedProblems(error.message)}`);
      }
    }
  }
  const total = applied.length + failed;
  if (total === 0) throw new CliError('there is no document to apply');
  requireAllDone('document', { failed, total }, applied.length === 0 ? '' : `applied: ${inBrief(applied)}`);
}

/** Each document is applied whole or not at all; of several, some may have been when it ends. */
function leftOff(applied: readonly string[]): string {
  if (applied.length === 0) return 'nothing was applied';
  return `applied before that: ${inBrief(applied)}; this document and those after it were not`;
}

/** Part of a document that says which resource it is. The server judges the rest. */
const identitySchema = z.object(
  {
    kind: z.string({ error: 'expected a kind' }),
    metadata: z.object(
      { name: z.string({ error: 'expected a name in metadata' }).min(1, 'expected a name in metadata') },
      { error: 'expected metadata with a name' },
    ),
  },
  { error: 'expected a document with kind and metadata' },
);

type Applied = {
  readonly label: string;
  readonly outcome: 'created' | 'configured' | 'unchanged';
  /** Things that devices lose by it. */
  readonly removes: readonly string[];
};

async function applyOne(api: ApiClient, desired: DesiredDocument): Promise<Applied> {
  if ('problem' in desired) throw new CliError(`${labelIn(desired.document)}${desired.problem}`);
  const identity = identitySchema.safeParse(desired.document);
  if (!identity.success) throw new CliError(identity.error.issues[0]?.message ?? 'expected a document');
  const { kind, metadata } = identity.data;
  const known = desiredKinds.find(({ documentKind }) => documentKind === kind);
  if (known === undefined) throw new CliError(`${metadata.name}: ${refusedKind(kind)}`);
  const label = `${known.kind.singular}/${metadata.name}`;
  try {
    const before = await known.read(api, metadata.name);
    const { created, written } = await known.write(api, metadata.name, desired.document);
    if (created || before === undefined) return { label, outcome: 'created', removes: [] };
    const isSame = isDeepStrictEqual(decided(before), decided(written));
    return { label, outcome: isSame ? 'unchanged' : 'configured', removes: removedBy(known, before, written) };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    throw new CliError(`${label}: ${error.message}`, error.exitCode, { cause: error });
  }
}

/** Name of a document in front of what is wrong with it, where it has one. */
function labelIn(document: unknown): string {
  const identity = identitySchema.safeParse(document);
  return identity.success ? `${identity.data.kind.toLowerCase()}/${identity.data.metadata.name}: ` : '';
}

/** Lists the things that devices lose when one document takes the place of another, by what the server answers. */
function removedBy({ deviceSpec }: DesiredKind, before: DesiredState, written: DesiredState): string[] {
  const [from, to] = [before, written].map((document) => specSchema.safeParse(deviceSpec?.(document)).data);
  // An empty template or spec is no order: devices keep what they have.
  if (from === undefined || to === undefined || saysNothing(to)) return [];
  return removalsBetween(from, to).map(removalText);
}

const specSchema: z.ZodType<JsonObject> = z.record(z.string(), z.json());

/** Part of a document that people decide; the rest changes by itself. */
function decided({ metadata, spec }: DesiredState): unknown {
  return [metadata.labels ?? {}, clientAnnotations(metadata.annotations ?? {}), spec ?? {}];
}
