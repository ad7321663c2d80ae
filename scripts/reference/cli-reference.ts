import type { Command, Help } from 'commander';
import { code, table } from './markdown.ts';

/** Every command with its arguments, options and examples, as Markdown. It says what `--help` says. */
export function cliReference(program: Command): string {
  const sections = commandsUnder(program).map(sectionOf);
  return [
    '# Command line',
    '',
    'Made from the program itself; `muster COMMAND --help` says the same.',
    '',
    ...sections,
  ].join('\n');
}

/** A command and all under it, those above before those under them. */
export function commandsUnder(command: Command): Command[] {
  return [command, ...command.commands.flatMap(commandsUnder)];
}

function sectionOf(command: Command): string {
  const help = command.createHelp();
  const path = help.commandUsage(command).replace(/ \[options\].*| \[command\].*/s, '');
  return [
    `## ${path}`,
    '',
    command.description(),
    '',
    fenced(help.commandUsage(command)),
    ...listed('Command', 'What it does', commandRows(command, help)),
    ...listed('Argument', 'Meaning', argumentRows(command, help)),
    ...listed('Option', 'Meaning', optionRows(command, help)),
    ...examplesOf(command),
  ].join('\n');
}

function commandRows(command: Command, help: Help): string[][] {
  return help
    .visibleCommands(command)
    .map((subcommand) => [code(help.subcommandTerm(subcommand)), help.subcommandDescription(subcommand)]);
}

function argumentRows(command: Command, help: Help): string[][] {
  return help
    .visibleArguments(command)
    .map((argument) => [code(help.argumentTerm(argument)), help.argumentDescription(argument)]);
}

function optionRows(command: Command, help: Help): string[][] {
  return help.visibleOptions(command).map((option) => [code(help.optionTerm(option)), help.optionDescription(option)]);
}

function listed(left: string, right: string, rows: string[][]): string[] {
  return rows.length === 0 ? [] : [...table([left, right], rows), ''];
}

function examplesOf(command: Command): string[] {
  const text = textAfterHelp(command);
  return text === '' ? [] : [fenced(text)];
}

/** Text of a command after its options. Commander only writes it, after the help that it can also give as text. */
export function textAfterHelp(command: Command): string {
  let whole = '';
  command.configureOutput({
    writeOut: (text) => {
      whole += text;
    },
  });
  command.outputHelp();
  return whole.slice(command.helpInformation().length).trim();
}

function fenced(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\`\n`;
}
