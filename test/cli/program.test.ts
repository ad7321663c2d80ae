import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { buildProgram } from '../../src/cli/program.ts';
import { cliReference } from '../../scripts/reference/cli-reference.ts';

function commandsUnder(command: Command): Command[] {
  return command.commands.flatMap((subcommand) => [subcommand, ...commandsUnder(subcommand)]);
}

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  return text;
}

const names = commandsUnder(buildProgram()).map((command) => `${command.parent?.name() ?? ''} ${command.name()}`);

test.each(names)('the help of "%s" has a purpose in one line, a text for each option, and examples', (name) => {
  const command = commandsUnder(buildProgram()).find(
    (candidate) => `${candidate.parent?.name() ?? ''} ${candidate.name()}` === name,
  );
  expect(command?.description()).toMatch(/^\S.{10,}[^.]$/);
  expect(command?.options.filter(({ description }) => description === '')).toEqual([]);
  expect(helpOf(command!)).toMatch(/\nExamples:\n {2}\$ .*\bmuster /);
});

test('every example is of a command that exists', () => {
  const known = new Set(commandsUnder(buildProgram()).map((command) => command.name()));
  const text = [buildProgram(), ...commandsUnder(buildProgram())].map(helpOf).join('\n');
  const called = [...text.matchAll(/^ {2}\$ (?:.*[ (])?muster (\w+)/gm)].map(([, name]) => name);
  expect(called.length).toBeGreaterThan(20);
  expect(called.filter((name) => !known.has(name ?? ''))).toEqual([]);
});

test('the reference tells of every command, option and example, whatever the width of the terminal', () => {
  const reference = cliReference(buildProgram());
  for (const command of commandsUnder(buildProgram())) {
    expect(reference).toContain(command.description());
    for (const { flags, description } of command.options) {
      expect(reference).toContain(`| \`${flags.replaceAll('|', '\\|')}\` | ${description.replaceAll('|', '\\|')}`);
    }
  }
  expect(reference).toContain('## muster restore declare\n');
  expect(reference).toContain('  $ muster resume devices --all --yes\n');
});
