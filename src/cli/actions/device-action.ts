import { Command } from 'commander';
import { answerIfFound, type ApiClient } from '../../client/api-client.ts';
import { suggestWords } from '../completion/command-tree.ts';
import { apiOf } from '../connection.ts';
import { CliError, exitCodes, UsageError } from '../../client/failures.ts';
import { timeoutOption, wholeNumber } from '../option-values.ts';
import { counted, inBrief } from '../../terminal/counted.ts';
import { addSelectorOptions, type SomeSelectors } from '../selector-options.ts';
import { canAsk, confirm, print, note } from '../../terminal/terminal.ts';
import { readChoice, type Choice, type ChoiceOptions } from './choice.ts';
import { awaitUpToDate, pausedNames } from './running-devices.ts';

type Options = ChoiceOptions & {
  readonly dryRun?: true;
  readonly reason?: string;
  readonly limit?: number;
  readonly wait?: true;
  readonly timeout?: number;
  readonly yes?: true;
};

type ActionRequest = SomeSelectors & {
  readonly dryRun?: boolean;
  readonly reason?: string;
  readonly limit?: number;
};

type ActionAnswer = {
  /** Number of devices that it changed, or would change. */
  readonly count: number;
  /** Their names; of more than 1,000 the first. */
  readonly names: readonly string[];
  /** Devices that stay paused because nobody knows what they run. */
  readonly withoutSpec: readonly string[];
  /** Devices among those changed to which nothing is sent: how many, and the names of the first. */
  readonly nothingToSend: { readonly count: number; readonly names: readonly string[] };
};

/** The part of both answers that names the devices to which nothing is sent. */
type Told = {
  readonly devicesWithNothingToSend?: number | undefined;
  readonly nothingToSend?: readonly string[] | undefined;
};

export function nothingToSendIn(answer: Told): ActionAnswer['nothingToSend'] {
  return { count: answer.devicesWithNothingToSend ?? 0, names: answer.nothingToSend ?? [] };
}

/** Decisions that a person can take about paused devices. */
type DecisionCommand = {
  readonly verb: 'resume' | 'adopt';
  readonly title: 'Resume' | 'Adopt';
  readonly participle: 'resumed' | 'adopted';
  readonly description: string;
  /** Reason why devices are sent nothing: in the singular and in the plural. */
  readonly whyNothing: readonly [one: string, several: string];
  send(api: ApiClient, request: ActionRequest): Promise<ActionAnswer>;
};

/** The command of an action: its forms, its options and what it prints are the same for all of them. */
export function deviceActionCommand(action: DecisionCommand): Command {
  const { verb, participle } = action;
  const command = new Command(verb)
    .description(action.description)
    .argument('<device...>', 'device NAME, device/NAME, or devices with selectors or --all')
    .option('--all', 'every device that is paused; excludes selectors');
  return addSelectorOptions(suggestWords(command, ['device', 'devices']))
    .option('--dry-run', `only say which devices would be ${participle}`)
    .option('--reason <text>', 'why; goes into the audit trail')
    .option('--limit <count>', 'most devices to change, in the order of their names', wholeNumber)
    .option(
      '--wait',
      `wait until the ${participle} devices run what is then rendered for them; ends with 3, and the names, where that cannot come about (an agent does not try a spec again that failed on it, until it restarts)`,
    )
    .addOption(timeoutOption('--wait'))
    .option('-y, --yes', 'do not ask; only a terminal is asked, and only about more than one named device')
    .action((words: string[], options: Options, self: Command) => act(action, words, options, self));
}

async function act(
  action: DecisionCommand,
  words: readonly string[],
  options: Options,
  command: Command,
): Promise<void> {
  const choice = readChoice(words, options);
  if (options.limit === 0) throw new UsageError('--limit: expected at least 1');
  if (options.timeout !== undefined && options.wait !== true) {
    throw new UsageError('--timeout only means something with --wait');
  }
  const api = apiOf(command);
  const request: ActionRequest = {
    ...choice.selectors,
    ...(options.reason === undefined ? {} : { reason: options.reason }),
    ...(options.limit === undefined ? {} : { limit: options.limit }),
  };
  if (options.dryRun === true) {
    const answer = await action.send(api, { ...request, dryRun: true });
    printDryRun(action, answer);
    return await conclude(action, choice, answer, api);
  }
  if (choice.name === undefined && options.yes !== true && canAsk()) {
    const preview = await action.send(api, { ...request, dryRun: true });
    const { count } = preview;
    const warning = nothingSentText(action, preview, 'would be');
    if (warning !== undefined) note(warning);
    if (count > 0 && !(await confirm(`${action.title} ${counted(count, 'device')}?`)))
      throw new CliError('nothing was changed');
  }
  const candidates = options.wait === true && choice.name === undefined ? await pausedNames(api, choice.selectors) : [];
  const answer = await action.send(api, request);
  print(`${action.title} operation completed:\n  Devices ${action.participle}: ${answer.count}`);
  const left = nothingSentText(action, answer, 'is');
  if (left !== undefined) print(`  ${left}`);
  if (options.wait === true && answer.count > 0) {
    // The answer names the first of many; the devices that were paused before and no longer are make up the rest.
    const names = answer.count === answer.names.length ? answer.names : candidates;
    await awaitUpToDate(api, names, { stayPaused: names === candidates, timeoutMs: options.timeout });
  }
  await conclude(action, choice, answer, api);
}

/** Says to how many devices nothing is sent; undefined if there are none. */
function nothingSentText(
  { whyNothing: [one, several] }: DecisionCommand,
  { count, nothingToSend }: ActionAnswer,
  verb: 'is' | 'would be',
): string | undefined {
  const { count: left, names } = nothingToSend;
  if (left === 0) return undefined;
  const [why, whom, keep] =
    left === 1 ? [one, 'it', 'it keeps what it runs'] : [several, 'them', 'they keep what they run'];
  return `${left} of ${count} ${why}: nothing ${verb} sent to ${whom}, and ${keep}: ${inBrief(names, left)}`;
}

function printDryRun(action: DecisionCommand, answer: ActionAnswer): void {
  const { participle } = action;
  const { count, names } = answer;
  const left = nothingSentText(action, answer, 'would be');
  const more = count > names.length ? [`    and ${count - names.length} more`] : [];
  const lines = [...names.map((name) => `    ${name}`), ...more];
  const told = left === undefined ? [] : [`  ${left}`];
  print(
    ['Dry run, nothing was changed:', `  Devices that would be ${participle}: ${count}`, ...lines, ...told].join('\n'),
  );
}

/** Says what did not happen, and ends with the exit code for it. */
async function conclude(
  { verb, participle }: DecisionCommand,
  { name }: Choice,
  { count, withoutSpec }: ActionAnswer,
  api: ApiClient,
): Promise<void> {
  if (withoutSpec.length > 0) {
    note(`Not ${participle}, because they have not sent the spec they run: ${withoutSpec.join(', ')}`);
    throw new CliError(
      `${counted(withoutSpec.length, 'device')} not ${participle}: resume instead, or try again once the spec was reported`,
      count === 0 ? exitCodes.error : exitCodes.someFailed,
    );
  }
  if (count > 0) return;
  if (name === undefined) {
    note(`No device that matches is paused: there is nothing to ${verb}.`);
    return;
  }
  const device = await answerIfFound(api.GET('/api/v1/devices/{name}', { params: { path: { name } } }));
  if (device === undefined) throw new CliError(`device ${name} is not known here`);
  throw new CliError(
    `device ${name} is not paused (its status is ${device.status?.summary.status ?? 'Unknown'}): there is nothing to ${verb}`,
  );
}
