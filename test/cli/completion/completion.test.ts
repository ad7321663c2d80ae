import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bashCompletion } from '../../../src/cli/completion/bash.ts';
import { completedCommands } from '../../../src/cli/completion/command-tree.ts';
import { fishCompletion } from '../../../src/cli/completion/fish.ts';
import { zshCompletion } from '../../../src/cli/completion/zsh.ts';
import { buildProgram } from '../../../src/cli/program.ts';

const run = promisify(execFile);
const commands = completedCommands(buildProgram());
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'muster-completion-'));
  await writeFile(join(scratch, 'muster.bash'), bashCompletion('muster', commands));
  await writeFile(join(scratch, 'muster.zsh'), zshCompletion('muster', commands));
  await writeFile(join(scratch, 'muster.fish'), fishCompletion('muster', commands));
});

afterAll(() => rm(scratch, { recursive: true }));

function isInstalled(shell: string): boolean {
  return spawnSync(shell, ['-c', 'exit 0']).status === 0;
}

/** Words that bash offers after these, of which the last one is being typed. */
async function offered(...words: string[]): Promise<string[]> {
  const script = `
    source ${join(scratch, 'muster.bash')}
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
    _muster
    for word in "\${COMPREPLY[@]}"; do echo "$word"; done`;
  const { stdout } = await run('bash', ['--norc', '-c', script, 'bash', 'muster', ...words]);
  return stdout.split('\n').filter((line) => line !== '');
}

test('the bash script parses', async () => {
  expect(await run('bash', ['-n', join(scratch, 'muster.bash')])).toMatchObject({ stderr: '' });
});

test.each([
  [['re'], ['restore', 'resume']],
  [
    ['restore', ''],
    ['plan', 'run', 'describe', 'logs', 'record', 'abandon', 'declare', 'status', 'report', 'lost', 'replay', 'help'],
  ],
  [['restore', 'declare', '--wa'], ['--wait']],
  [
    ['get', 'dev'],
    ['devices', 'device', 'dev'],
  ],
  [
    ['get', 'devices', '-o', ''],
    ['wide', 'json', 'yaml', 'name'],
  ],
  [['get', 'devices', '--output', '=', 'j'], ['json']],
  [['decommission', 'device', 'x', '--target', 'F'], ['FactoryReset']],
  [['--server', 'restore', 'resum'], ['resume']],
  [['--server', '=', 'x', 'compl'], ['completion']],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
  [
    ['pki', ''],
    ['init', 'device', 'token-key', 'help'],
  ],
  [
    ['token', 'create', 'x', '--role', ''],
    ['viewer', 'operator', 'restorer', 'admin'],
  ],
  [['apply', '-f', ''], []],
])('bash completes %j with %j', async (words, expected) => {
  expect(await offered(...words)).toEqual(expected);
});

test('bash offers every command', async () => {
  const names = buildProgram().commands.map((command) => command.name());
  expect(await offered('')).toEqual(expect.arrayContaining(names));
});

test.each(['zsh', 'fish'].filter(isInstalled))('the %s script parses', async (shell) => {
  expect(await run(shell, ['-n', join(scratch, `muster.${shell}`)])).toMatchObject({ stderr: '' });
});

test.runIf(isInstalled('fish')).each([
  ['muster re', ['restore', 'resume']],
  ['muster restore decl', ['declare']],
  ['muster get devices -o ', ['json', 'name', 'wide', 'yaml']],
  ['muster token create x --role o', ['operator']],
  ['muster --server x doc', ['doctor']],
])('fish completes "%s" with %j', async (line, expected) => {
  const script = `source ${join(scratch, 'muster.fish')}; complete -C '${line}'`;
  const { stdout } = await run('fish', ['--no-config', '-c', script]);
  const lines = stdout.split('\n').filter((offer) => offer !== '');
  expect(lines.map((offer) => offer.split('\t')[0])).toEqual(expected);
});

test('quotes in descriptions do not end the strings of a script', async () => {
  const program = buildProgram();
  program.command('odd').description(`it's "odd" $HOME \`id\``).option('--quoted <x>', "isn't it");
  const script = join(scratch, 'odd.bash');
  await writeFile(script, bashCompletion('muster', completedCommands(program)));
  expect(await run('bash', ['-n', script])).toMatchObject({ stderr: '' });
  expect(zshCompletion('muster', completedCommands(program))).toContain(String.raw`'--quoted:isn'\''t it'`);
  expect(fishCompletion('muster', completedCommands(program))).toContain(String.raw`-d 'isn\'t it'`);
});
