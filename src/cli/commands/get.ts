import { Command } from 'commander';
import type { ApiClient } from '../../client/api-client.ts';
import { suggestWords } from '../completion/command-tree.ts';
import { apiOf } from '../connection.ts';
import { addExamples } from '../examples.ts';
import { ApiError, requireAllDone, UsageError } from '../../client/failures.ts';
import { outputOption, wholeNumber } from '../option-values.ts';
import { resourceKinds, wordsFor } from '../resources/catalogue.ts';
import { itemPrinter, listPrinter, type ListFormat } from '../resources/list-printer.ts';
import type { ListQuery } from '../../client/pages.ts';
import { pagesOfKind, type Listed, type Page, type ResourceKind } from '../resources/resource-kind.ts';
import { watchList } from '../resources/watch-list.ts';
import { addSelectorOptions, selectorsOf, type SelectorOptions } from '../selector-options.ts';
import { parseTarget } from '../targets.ts';
import { note } from '../../terminal/terminal.ts';

type Options = SelectorOptions & {
  readonly output?: ListFormat;
  readonly limit?: number;
  readonly continue?: string;
  readonly watch?: true;
};

/** `muster get` */
export function getCommand(): Command {
  const command = new Command('get')
    .description(
      'show devices, fleets, enrollment requests, restores, events, or devices that the database does not know',
    )
    .argument('<kind>', `${resourceKinds.map((kind) => wordsFor(kind).join('|')).join(', ')}; or KIND/NAME`)
    .argument('[names...]', 'only these')
    .addOption(outputOption(['wide', 'json', 'yaml', 'name'], 'how to print; a table if not given'))
    .option('--limit <count>', 'most items to list; --continue lists the rest', wholeNumber)
    .option('--continue <token>', 'go on where a list with --limit ended; with the same selectors')
    .option('-w, --watch', 'then go on and show what is new or has changed')
    .action(get);
  return addExamples(suggestWords(addSelectorOptions(command), resourceKinds.flatMap(wordsFor)), [
    { line: 'muster get devices' },
    { line: 'muster get dev --field-selector=status.summary.status=AwaitingReconnect' },
    { line: "muster get devices -l 'site in (north,south)' -o wide" },
    { line: 'muster get device gateway-0017 -o yaml' },
    { line: 'muster get events --field-selector involvedObject.name=gateway-0017 --limit 20' },
    { line: 'muster get restores --watch' },
  ]);
}

async function get(word: string, names: readonly string[], options: Options, command: Command): Promise<void> {
  const target = parseTarget([word, ...names], resourceKinds);
  const query = queryOf(target.kind, options);
  const { kind } = target;
  if (target.names.length > 0) {
    if (Object.keys(query).length > 0 || options.watch === true) {
      throw new UsageError('names exclude selectors, --limit, --continue and --watch');
    }
    return await getNamed(apiOf(command), kind, target.names, options.output);
  }
  if (options.watch === true) {
    if (options.limit !== undefined || options.continue !== undefined) {
      throw new UsageError('--watch excludes --limit and --continue');
    }
    return await watch(apiOf(command), kind, query, options.output);
  }
  await getList(apiOf(command), kind, query, options.output);
}

function queryOf(kind: ResourceKind, options: Options): ListQuery {
  if (options.selector !== undefined && !kind.selectors.labels) {
    throw new UsageError(`${kind.plural} have no labels to select by`);
  }
  if (options.fieldSelector !== undefined && !kind.selectors.fields) {
    throw new UsageError(`${kind.plural} cannot be selected by fields`);
  }
  return {
    ...selectorsOf(options),
    ...(options.limit === undefined ? {} : { limit: options.limit }),
    ...(options.continue === undefined ? {} : { continue: options.continue }),
  };
}

async function getList(
  api: ApiClient,
  kind: ResourceKind,
  query: ListQuery,
  format: ListFormat | undefined,
): Promise<void> {
  const printer = listPrinter(kind, format);
  let last: Page | undefined;
  let count = 0;
  for await (const page of pagesOfKind(kind, api, query)) {
    process.stdout.write(printer.page(page));
    count += page.items.length;
    last = page;
  }
  process.stdout.write(printer.end(last?.next));
  if (count === 0) note(`No ${kind.plural} found.`);
  if (last?.next !== undefined) note(`There are more ${kind.plural}; go on with: --continue ${last.next}`);
}

async function getNamed(
  api: ApiClient,
  kind: ResourceKind,
  names: readonly string[],
  format: ListFormat | undefined,
): Promise<void> {
  const { find } = kind;
  if (find === undefined) throw new UsageError(`${kind.plural} cannot be shown by name: list them`);
  if (names.length === 1 && names[0] !== undefined) {
    process.stdout.write(itemPrinter(kind, format)([await find(api, names[0])]));
    return;
  }
  const items: Listed[] = [];
  for (const name of names) {
    try {
      items.push(await find(api, name));
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
      note(`error: ${error.message}`);
    }
  }
  if (items.length > 0) {
    const printer = listPrinter(kind, format);
    const page: Page = { apiVersion: 'v1', kind: 'List', items, next: undefined };
    process.stdout.write(printer.page(page) + printer.end(undefined));
  }
  requireAllDone(kind.singular, { failed: names.length - items.length, total: names.length });
}

async function watch(
  api: ApiClient,
  kind: ResourceKind,
  query: ListQuery,
  format: ListFormat | undefined,
): Promise<void> {
  const print = itemPrinter(kind, format);
  const isTable = format === undefined || format === 'wide';
  const isCompared = kind.columns.map(
    (column) => column.passes !== true && (format === 'wide' || column.wide !== true),
  );
  await watchList({
    kind,
    api,
    query,
    fingerprint: (item) =>
      isTable
        ? JSON.stringify(item.cells(new Date(0)).filter((_cell, index) => isCompared[index]))
        : JSON.stringify(item.document),
    onItems: (items) => process.stdout.write(print(items)),
  });
}
