import type { Command, Help } from 'commander';
import { version } from '../../src/version.ts';
import { exitCodeMeanings, exitCodes } from '../../src/client/failures.ts';
import { commandsUnder, textAfterHelp } from './cli-reference.ts';
import { clientRows, settingRows, type VariableRow } from './configuration-reference.ts';

/** The manual page of the whole program, for man(1): what `--help` says of each command, and what all have in common. */
export function manPage(program: Command): string {
  const name = program.name();
  const lines = [
    `.TH ${name.toUpperCase()} 1 "" "${name} ${version}" "User Commands"`,
    '.SH NAME',
    `${name} \\- ${roff(
      program
        .description()
        .replace(/^\w+: /, '')
        .replace(/\.$/, ''),
    )}`,
    '.SH SYNOPSIS',
    `.B ${name}`,
    '.RI [ options ] " command " [ arguments ]',
    '.SH DESCRIPTION',
    roff(
      `After the database of a fleet’s control plane was restored from a backup, ${name} lets nothing be rendered for or delivered to a device before that device has said where it is, and shows people which devices are past what the backup knows. It is the service, and its client.`,
    ),
    '.SH OPTIONS',
    ...optionLines(program),
    '.SH COMMANDS',
    ...commandsUnder(program).slice(1).flatMap(commandLines),
    '.SH EXIT STATUS',
    ...Object.entries(exitCodes).flatMap(([meaning, code]) => {
      const text = Object.entries(exitCodeMeanings).find(([key]) => key === meaning)?.[1] ?? '';
      return ['.TP', `.B ${code}`, roff(text)];
    }),
    '.SH ENVIRONMENT',
    'Commands that talk to a server read:',
    ...clientRows().flatMap(variableLines),
    '.PP',
    `.B ${name} serve`,
    'reads the following; a flag wins over its variable.',
    ...settingRows().flatMap(variableLines),
    '.SH FILES',
    ...fileLines(
      '~/.config/muster/credentials.json',
      'Logins that are kept, for each server, readable by their owner alone.',
    ),
    ...fileLines('.muster', 'What the service keeps of its own where it is given no database: the private PostgreSQL.'),
    '.SH EXAMPLES',
    ...verbatim(textAfterHelp(program).replace(/^Examples:\n/, '')),
    '.SH SEE ALSO',
    'docs/README.md lists the runbooks and references.',
  ];
  return `${lines.join('\n')}\n`;
}

function commandLines(command: Command): string[] {
  const help = command.createHelp();
  const after = textAfterHelp(command);
  return [
    `.SS ${roff(help.commandUsage(command))}`,
    roff(sentence(command.description())),
    ...argumentLines(command, help),
    ...optionLines(command),
    ...(after === '' ? [] : ['.PP', ...verbatim(after)]),
  ];
}

function argumentLines(command: Command, help: Help): string[] {
  return help
    .visibleArguments(command)
    .flatMap((argument) => [
      '.TP',
      `.I ${roff(help.argumentTerm(argument))}`,
      roff(sentence(help.argumentDescription(argument))),
    ]);
}

function optionLines(command: Command): string[] {
  const help = command.createHelp();
  return help
    .visibleOptions(command)
    .flatMap((option) => [
      '.TP',
      `.B ${roff(help.optionTerm(option))}`,
      roff(sentence(help.optionDescription(option))),
    ]);
}

function variableLines({ env, flag, fallback, about }: VariableRow): string[] {
  const also = [
    flag === undefined ? [] : [`flag ${flag}`],
    fallback === undefined ? [] : [`default ${fallback}`],
  ].flat();
  return [
    '.TP',
    `.B ${roff(env)}`,
    roff(`${about.replaceAll('`', '')}${also.length === 0 ? '' : ` (${also.join(', ')})`}`),
  ];
}

function fileLines(file: string, about: string): string[] {
  return ['.TP', `.I ${roff(file)}`, roff(about)];
}

function verbatim(text: string): string[] {
  return ['.nf', ...text.split('\n').map((line) => (line === '' ? '.sp' : roff(line))), '.fi'];
}

function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?\]]$/.test(begun) ? begun : `${begun}.`;
}

const characters: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  "'": '\\(aq',
  '’': '\\(cq',
  '“': '\\(lq',
  '”': '\\(rq',
  '…': '...',
  '–': '\\(en',
};

/** Text as roff wants it: nothing in it is a request, and no character depends on how the page is encoded. */
function roff(text: string): string {
  const escaped = text.replaceAll(/[\\'’“”…–-]/g, (character) => characters[character] ?? character);
  return escaped.startsWith('.') ? `\\&${escaped}` : escaped;
}
