import { Command } from 'commander';
import {
  lostDocumentKindSchema,
  maxReplayed,
  type LostDocument,
  type ReplayedItem,
} from '../../domain/resources/lost-document.ts';
import { answerOf, type ApiClient } from '../../client/api-client.ts';
import { CliError, exitCodes, UsageError } from '../../client/failures.ts';
import { counted } from '../../terminal/counted.ts';
import { printable } from '../../terminal/printable.ts';
import { canAsk, confirm, note, print } from '../../terminal/terminal.ts';
import { apiOf } from '../connection.ts';
import { addExamples } from '../examples.ts';
import { validName } from '../targets.ts';

type Options = {
  readonly all?: true;
  readonly restore: string;
  readonly dryRun?: true;
  readonly reason?: string;
  readonly yes?: true;
};
type Item = Pick<LostDocument, 'kind' | 'name'>;

/** `muster restore replay` */
export function restoreReplayCommand(): Command {
  const command = new Command('replay')
    .description('put lost edits back, as your own edits; their first authors are named in the events')
    .argument('[resource...]', 'KIND/NAME, as `muster restore lost -o name` prints them')
    .option('--all', 'all that were not put back, without resources that were edited since the restore')
    .option('--restore <name>', 'the restore that lost them', 'current')
    .option('--dry-run', 'only say what would be put back')
    .option('--reason <text>', 'why; goes into the audit trail')
    .option('-y, --yes', 'do not ask; only a terminal is asked, and only about --all')
    .action(replay);
  return addExamples(command, [
    { line: 'muster restore replay --all --dry-run' },
    { line: 'muster restore replay fleet/edge device/gateway-0017 --reason "INC-4211"' },
    { line: 'muster restore replay --all --reason "INC-4211" --yes' },
  ]);
}

async function replay(words: readonly string[], options: Options, command: Command): Promise<void> {
  if ((options.all === true) === words.length > 0) throw new UsageError('expected either KIND/NAME... or --all');
  const items = words.map(itemOf);
  const { dryRun } = options;
  if (dryRun !== true && options.reason === undefined) {
    throw new UsageError('--reason: expected why they are put back; it goes into the audit trail');
  }
  const api = apiOf(command);
  if (options.all === true && dryRun !== true && options.yes !== true && canAsk()) {
    const { Replayed: count } = countsOf(await send(api, [], { ...options, dryRun: true }));
    if (count > 0 && !(await confirm(`Put ${counted(count, 'lost edit')} back?`)))
      throw new CliError('nothing was changed');
  }
  const done = await send(api, items, options);
  const { Replayed: replayed, Skipped: skipped, Refused: refused } = countsOf(done);
  print(
    dryRun === true
      ? `Dry run, nothing was changed:\n  Edits that would be put back: ${replayed}`
      : `Replay completed:\n  Edits put back: ${replayed}`,
  );
  if (skipped > 0) print(`  Skipped: ${skipped}`);
  for (const { kind, name, outcome, message } of done) {
    if (outcome === 'Replayed' && dryRun === true) print(`    ${kind.toLowerCase()}/${name}`);
    if (outcome !== 'Replayed')
      note(printable(`${kind.toLowerCase()}/${name}: ${outcome.toLowerCase()}: ${message ?? ''}`));
  }
  if (refused === 0) return;
  throw new CliError(`${counted(refused, 'edit')} refused`, replayed === 0 ? exitCodes.error : exitCodes.someFailed);
}

/** Asks as often as it takes. */
async function send(
  api: ApiClient,
  items: readonly Item[],
  { restore, dryRun, reason }: Options,
): Promise<ReplayedItem[]> {
  const params = { path: { name: restore } };
  const told = { ...(dryRun === true ? { dryRun } : {}), ...(reason === undefined ? {} : { reason }) };
  const done: ReplayedItem[] = [];
  if (items.length > 0) {
    for (let from = 0; from < items.length; from += maxReplayed) {
      const body = { items: items.slice(from, from + maxReplayed), ...told };
      done.push(...(await answerOf(api.POST('/api/v1/restores/{name}/replay', { params, body }))).items);
    }
    return done;
  }
  let next: string | undefined;
  do {
    const body = { all: true as const, ...told, ...(next === undefined ? {} : { continue: next }) };
    const answer = await answerOf(api.POST('/api/v1/restores/{name}/replay', { params, body }));
    done.push(...answer.items);
    next = answer.continue;
  } while (next !== undefined);
  return done;
}

function countsOf(items: readonly ReplayedItem[]): Record<ReplayedItem['outcome'], number> {
  const counts = { Replayed: 0, Skipped: 0, Refused: 0 };
  for (const { outcome } of items) counts[outcome] += 1;
  return counts;
}

/** @throws UsageError for what is not KIND/NAME */
function itemOf(word: string): Item {
  const slash = word.indexOf('/');
  const called = word.slice(0, slash).toLowerCase();
  const kind = lostDocumentKindSchema.options.find((known) => known.toLowerCase() === called);
  if (slash === -1 || kind === undefined) {
    const kinds = lostDocumentKindSchema.options.map((known) => known.toLowerCase()).join(', ');
    throw new UsageError(`${JSON.stringify(word)}: expected KIND/NAME, with one of the kinds ${kinds}`);
  }
  return { kind, name: validName(word.slice(slash + 1)) };
}
