import { isDeepStrictEqual } from 'node:util';
import { Command } from 'commander';
import { z } from 'zod';
import { clientAnnotations } from '../../domain/device-document.ts';
import type { ApiClient } from '../api-client.ts';
import { apiOf } from '../connection.ts';
import { readDesired, type DesiredDocument } from '../desired-documents.ts';
import { addExamples } from '../examples.ts';
import { ApiError, CliError, exitCodes, requireAllDone, UsageError } from '../failures.ts';
import { listedProblems } from '../output/listed-problems.ts';
import { desiredKinds, type DesiredState } from '../resources/desired-kinds.ts';
import { print, tell } from '../terminal.ts';

type Options = { readonly filename: readonly string[] };

/** `muster apply` */
export function applyCommand(): Command {
  const command = new Command('apply')
    .description('create or change devices and fleets as documents say')
    .requiredOption(
      '-f, --filename <file>',
      'YAML or JSON, many documents to a file; a directory for the files in it; - for standard input; may be repeated',
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
  let total = 0;
  let failed = 0;
  for (const file of filename) {
    for await (const desired of readDesired(file)) {
      total += 1;
      try {
        print(await applyOne(api, desired));
      } catch (error) {
        if (!(error instanceof CliError)) throw error;
        // Without a server, or without the right to use it, the rest would fail alike.
        if (error.exitCode === exitCodes.unreachable || error.exitCode === exitCodes.notAllowed) throw error;
        failed += 1;
        tell(`error: ${desired.place}: ${listedProblems(error.message)}`);
      }
    }
  }
  if (total === 0) throw new CliError('there is no document to apply');
  requireAllDone('document', { failed, total });
}

/** What says which resource a document is of. All else is for the server to judge. */
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

async function applyOne(api: ApiClient, desired: DesiredDocument): Promise<string> {
  if ('problem' in desired) throw new CliError(desired.problem);
  const identity = identitySchema.safeParse(desired.document);
  if (!identity.success) throw new CliError(identity.error.issues[0]?.message ?? 'expected a document');
  const { kind, metadata } = identity.data;
  const known = desiredKinds.find(({ documentKind }) => documentKind === kind);
  if (known === undefined) {
    const kinds = desiredKinds.map(({ documentKind }) => documentKind).join(' or ');
    throw new CliError(`expected kind ${kinds}, found ${JSON.stringify(kind)}`);
  }
  const label = `${known.kind.singular}/${metadata.name}`;
  try {
    const before = await known.read(api, metadata.name);
    const { created, written } = await known.write(api, metadata.name, desired.document);
    if (created || before === undefined) return `${label} created`;
    return `${label} ${isDeepStrictEqual(decided(before), decided(written)) ? 'unchanged' : 'configured'}`;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw error.exitCode === exitCodes.notAllowed ? error : new CliError(`${label}: ${error.message}`);
  }
}

/** What of a document people decide; the rest changes by itself. */
function decided({ metadata, spec }: DesiredState): unknown {
  return [metadata.labels ?? {}, clientAnnotations(metadata.annotations ?? {}), spec ?? {}];
}
