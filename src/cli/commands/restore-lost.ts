import { Command, Option } from 'commander';
import { lostDocumentKindSchema, type LostDocument } from '../../domain/resources/lost-document.ts';
import { answerOf, type ApiClient } from '../../client/api-client.ts';
import { nextPage, pagesOf } from '../../client/pages.ts';
import { formatDocument } from '../../manifests/documents.ts';
import { age } from '../../terminal/age.ts';
import { printable } from '../../terminal/printable.ts';
import { Table } from '../../terminal/table.ts';
import { note, print } from '../../terminal/terminal.ts';
import { suggestWords } from '../completion/command-tree.ts';
import { apiOf } from '../connection.ts';
import { addExamples } from '../examples.ts';
import { outputOption } from '../option-values.ts';

type Options = {
  readonly diff?: true;
  readonly kind?: LostDocument['kind'];
  readonly output?: 'json' | 'yaml' | 'name';
};

/** `muster restore lost` */
export function restoreLostCommand(): Command {
  const command = new Command('lost')
    .description('list edits that the restored database does not know, as the journal has them')
    .argument('[name]', 'a restore; the current one if not given', 'current')
    .option('--diff', 'show each against the resource as it is now; secrets are masked')
    .addOption(new Option('--kind <kind>', 'only resources of this kind').choices(lostDocumentKindSchema.options))
    .addOption(outputOption(['json', 'yaml', 'name'], 'print the edits as one document, or only what replay takes'))
    .action(lost);
  return addExamples(suggestWords(command, ['current']), [
    { line: 'muster restore lost' },
    { line: 'muster restore lost --kind Fleet --diff' },
    { line: 'muster restore lost -o name | xargs muster restore replay --reason "typed again for INC-1"' },
  ]);
}

async function lost(name: string, { diff, kind, output }: Options, command: Command): Promise<void> {
  const api = apiOf(command);
  const pages = pagesOf(async (query) => {
    const asked = {
      ...query,
      ...(kind === undefined ? {} : { kind }),
      ...(diff === true ? { diff: 'true' as const } : {}),
    };
    const list = await answerOf(api.GET('/api/v1/restores/{name}/lost', { params: { path: { name }, query: asked } }));
    return { items: list.items, next: nextPage(list) };
  }, {});
  const table = new Table(['RESOURCE', 'CHANGE', 'BY', 'AGE', 'PUT BACK']);
  const all: LostDocument[] = [];
  const now = new Date();
  let found = 0;
  for await (const { items } of pages) {
    found += items.length;
    if (output === 'json' || output === 'yaml') all.push(...items);
    else if (output === 'name') process.stdout.write(items.map((item) => `${nameOf(item)}\n`).join(''));
    else if (diff === true) process.stdout.write(items.map(differenceText).join(''));
    else if (items.length > 0) process.stdout.write(table.lines(items.map((item) => cellsOf(item, now))));
  }
  if (output === 'json' || output === 'yaml') {
    print(formatDocument({ apiVersion: 'muster/v1', kind: 'LostDocumentList', items: all }, output).trimEnd());
  } else if (found === 0) note(await whyNone(api, name));
}

/** A lost edit as the words of a command line name it. */
function nameOf({ kind, name }: LostDocument): string {
  return `${kind.toLowerCase()}/${name}`;
}

function cellsOf(item: LostDocument, now: Date): string[] {
  return [nameOf(item), item.change, item.by, age(item.at, now), item.replayedBy ?? '<none>'];
}

function differenceText(item: LostDocument): string {
  const title = `${nameOf(item)}: ${item.change.toLowerCase()} by ${item.by} at ${item.at}`;
  const lines = (item.difference ?? '').trimEnd().split('\n').filter(Boolean);
  const shown = lines.length === 0 ? ['  (no difference in labels and spec)'] : lines;
  return [title, ...shown, '', ''].map(printable).join('\n');
}

async function whyNone(api: ApiClient, name: string): Promise<string> {
  const { status } = await answerOf(api.GET('/api/v1/restores/{name}', { params: { path: { name } } }));
  return status.journal === undefined
    ? 'No journal was read for this restore: lost edits are not known. MUSTER_JOURNAL of the service says where the journal is.'
    : 'No edit was lost that the journal knows of.';
}
