import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { settings } from '../../src/config/config.ts';
import { clientVariables } from '../../src/cli/client-variables.ts';
import { buildProgram } from '../../src/cli/program.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((file) => `docs/${file}`)]
  .filter((file) => file.endsWith('.md'))
  .map((file) => [file, readFileSync(join(root, file), 'utf8')] as const);

test.each(pages)('what %s links to is there', (file, text) => {
  const links = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, link = '']) => link);
  const missing = links.filter((link) => !link.includes('://') && !existsSync(join(root, dirname(file), link)));
  expect(missing).toEqual([]);
});

test('the index of the documentation names every page', () => {
  const [, index = ''] = pages.find(([file]) => file === 'docs/README.md') ?? [];
  const others = pages.map(([file]) => file.replace('docs/', '')).filter((file) => file !== 'README.md');
  expect(others.filter((file) => !index.includes(`(${file})`))).toEqual([]);
});

/** `muster …` after variables that are set for it, or in a container of its image. */
const called =
  /^\$ (?:(?:(?:env(?: -u \w+)*|[A-Z_]+=\S+) )*muster|sudo podman run .*localhost\/muster:[\d.]+) ([a-z-][^|>#\n]*)/gm;

/** Words after `muster` in the command lines of a page's consoles, each in one line. */
function commandLines(text: string): string[] {
  const consoles = [...text.matchAll(/```console\n([^]*?)```/g)].map(([, lines = '']) =>
    lines.replaceAll(/\\\n\s*/g, ''),
  );
  return consoles.flatMap((lines) => [...lines.matchAll(called)].map(([, words = '']) => words.trim()));
}

/** Fault of a command line, by the program itself: a command or an option that it does not have. */
function problemOf(line: string): string | undefined {
  let command: Command = buildProgram();
  const flags = new Set<string | undefined>(command.options.flatMap(({ long, short }) => [long, short]));
  const words = line.replaceAll(/"[^"]*"/g, 'TEXT').split(/\s+/);
  for (const word of words) {
    const [flag = ''] = word.split('=');
    const next = command.commands.find((candidate) => candidate.name() === word);
    if (next !== undefined) {
      command = next;
      for (const { long, short } of next.options) flags.add(long).add(short);
    } else if (/^--?[a-z]/.test(word) && !['--help', '-h'].includes(flag) && !flags.has(flag)) {
      return `${command.name()} has no ${flag}`;
    }
  }
  return command.parent === null ? 'no such command' : undefined;
}

test('a command or an option that does not exist is found', () => {
  const lines = commandLines(
    '```console\n$ muster restore declare --reasons x\n$ muster restor\n$ muster get dev -l a=b \\\n    -o wide\n```',
  );
  expect(lines.map(problemOf)).toEqual(['declare has no --reasons', 'no such command', undefined]);
});

test.each(pages)('every muster command in the consoles of %s exists, with its options', (_file, text) => {
  expect(commandLines(text).flatMap((line) => problemOf(line) ?? [])).toEqual([]);
});

test.each(pages)('every variable that %s names is a setting', (_file, text) => {
  const known = new Set<string>([...Object.values(settings), ...clientVariables].map(({ env }) => env));
  const named = [...text.matchAll(/\bMUSTER_[A-Z_]+[A-Z]\b/g)].map(([name]) => name);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});

test('the runbooks have commands of muster in them', () => {
  const inRunbooks = pages
    .filter(([file]) => /runbook|after-a-restore/.test(file))
    .flatMap(([, text]) => commandLines(text));
  expect(inRunbooks.length).toBeGreaterThan(20);
});
