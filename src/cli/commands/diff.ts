import { Command } from 'commander';
import type { DeviceConflict } from '../../domain/resources/device-conflict.ts';
import type { Position } from '../../domain/resources/position.ts';
import { answerOf } from '../../client/api-client.ts';
import { suggestWords } from '../completion/command-tree.ts';
import { apiOf } from '../connection.ts';
import { addExamples } from '../examples.ts';
import { UsageError } from '../../client/failures.ts';
import { outputOption } from '../option-values.ts';
import { formatDocument } from '../../manifests/documents.ts';
import { printable } from '../../terminal/printable.ts';
import { deviceKind } from '../resources/device-kind.ts';
import { parseTarget } from '../targets.ts';
import { print } from '../../terminal/terminal.ts';

type Options = { readonly output?: 'json' | 'yaml' };

/** `muster diff` */
export function diffCommand(): Command {
  const command = new Command('diff')
    .description('show why a device is paused, and what resuming would change on it')
    .argument('<device...>', 'device NAME or device/NAME')
    .addOption(
      outputOption(['json', 'yaml'], 'print the conflict as a document, with the difference as JSON Patch too'),
    )
    .action(diff);
  return addExamples(suggestWords(command, ['device']), [
    { line: 'muster diff device gateway-0017' },
    { line: `muster diff device/gateway-0017 -o json | jq '.difference.patch'` },
  ]);
}

async function diff(words: readonly string[], { output }: Options, command: Command): Promise<void> {
  const { names } = parseTarget(words, [deviceKind]);
  const [name, ...others] = names;
  if (name === undefined || others.length > 0) throw new UsageError('expected the name of one device');
  const params = { path: { name } };
  const conflict = await answerOf(apiOf(command).GET('/api/v1/devices/{name}/conflict', { params }));
  print(output === undefined ? conflictText(conflict) : formatDocument(conflict, output).trimEnd());
}

function conflictText({
  metadata,
  verdict,
  info,
  since,
  server,
  reported,
  partedAt,
  ...effect
}: DeviceConflict): string {
  const facts = [
    ['Device', metadata.name],
    ['Verdict', verdict],
    ['Since', since],
    ['Why', info],
    ['Server', positionText(server)],
    ['Device is at', reported === null ? 'not known' : positionText(reported)],
    [
      'Parted at',
      partedAt === null ? 'not known' : `version ${partedAt.renderedVersion} of timeline ${partedAt.timeline}`,
    ],
  ] as const;
  const lines = facts.map(([title, text]) => `${`${title}:`.padEnd(14)}${printable(text)}`);
  return [...lines, '', effectText(effect)].join('\n');
}

function effectText({
  nothingToSend,
  specProblem,
  difference,
}: Pick<DeviceConflict, 'nothingToSend' | 'specProblem' | 'difference'>): string {
  if (nothingToSend) {
    return 'The device has no spec here: resuming would send nothing to it, and it keeps what it runs.';
  }
  if (specProblem !== null) {
    return `The spec here cannot be rendered, so resuming would send nothing until it can: ${printable(specProblem)}`;
  }
  if (difference === null) return 'What resuming would change is not known: the device has not sent the spec it runs.';
  if (difference.patch.length === 0) return 'Resuming would change nothing: the device runs what it would be sent.';
  const lines = difference.text.trimEnd().split('\n');
  const removes = difference.removes.map((what) => `  removes: ${printable(what)}`);
  return [
    'Resuming would change:',
    '',
    ...lines.map(printable),
    ...(removes.length === 0 ? [] : ['', 'From the device it', ...removes]),
  ].join('\n');
}

function positionText({ renderedVersion, timeline, specHash }: Position): string {
  const where = timeline === null ? 'no timeline stated' : `timeline ${timeline}`;
  return `version ${renderedVersion}, ${where}, spec ${specHash === null ? 'not known' : specHash.slice(0, 12)}`;
}
