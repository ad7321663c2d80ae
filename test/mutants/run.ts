import { spawn } from 'node:child_process';
import { chmod, cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres } from '../../src/db/server/embedded-postgres.ts';
import { mutants, type Mutant, type Patch } from './mutants.ts';

// Builds each mutant in a folder of its own, runs the tests that must notice, and prints a table of what noticed.
// A name, or part of one, as the argument runs only those. Fails if any survives.

const root = fileURLToPath(new URL('../..', import.meta.url));
const copied = ['src', 'test', 'migrations', 'openapi', 'package.json', 'tsconfig.json', 'vitest.config.ts'];
/** A mutant that was not noticed by then has survived. */
const timeLimitMs = 600_000;

type Finding = { readonly mutant: Mutant; readonly caught: boolean; readonly how: string; readonly seconds: number };

/** The file with the patch applied. @throws Error if the text to replace does not stand in it exactly once */
async function patched(folder: string, { file, find, replace }: Patch): Promise<string> {
  const text = await readFile(join(folder, file), 'utf8');
  const places = text.split(find).length - 1;
  if (places !== 1) throw new Error(`${file}: the text to replace stands in it ${places} times: ${find}`);
  return text.replace(find, () => replace);
}

async function examine(mutant: Mutant, databaseUrl: string): Promise<Finding> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-mutant-'));
  try {
    for (const name of copied) await cp(join(root, name), join(folder, name), { recursive: true });
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    for (const patch of mutant.patches) await writeFile(join(folder, patch.file), await patched(folder, patch));
    const startedAt = performance.now();
    const { code, output } = await runTests(folder, mutant, databaseUrl);
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    const noticed = code === 0 ? undefined : whatNoticed(output);
    if (code !== 0 && noticed === undefined) throw new Error(`${mutant.name}: no test ran: ${output.slice(-2_000)}`);
    return { mutant, caught: noticed !== undefined, how: noticed ?? 'nothing', seconds };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runTests(
  folder: string,
  { caughtBy, tests }: Mutant,
  databaseUrl: string,
): Promise<{ code: number; output: string }> {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const child = spawn(
    process.execPath,
    [vitest, 'run', '--bail=1', caughtBy, ...(tests === undefined ? [] : ['-t', tests])],
    {
      cwd: folder,
      env: { ...process.env, DATABASE_URL: databaseUrl, MODEL_SHRINK: 'false', MODEL_SEED: '1', NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeLimitMs,
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const code = await new Promise<number>((resolve) => {
    child.once('close', (status) => resolve(status ?? -1));
  });
  return { code, output };
}

/** The invariant that a run of the model broke and after how many sequences, or the first test that failed and why. */
function whatNoticed(output: string): string | undefined {
  const test = /FAIL +(.*)/.exec(output)?.[1];
  if (test === undefined) return undefined;
  const causes = [...output.matchAll(/^(?:Caused by: )?(\w*(?:Error|Violation)): (.*)/gm)];
  const [, kind, text = ''] = causes.at(-1) ?? [];
  const why = text.length > 120 ? `${text.slice(0, 120)}…` : text;
  const sequences = /failed after (\d+) tests/.exec(output)?.[1];
  const where =
    sequences === undefined ? test.replaceAll(/ \[ .* \]/g, '') : `model, sequence ${sequences} of its lane`;
  return `${where}: ${kind === 'Violation' || kind === undefined ? '' : `${kind}: `}${why}`;
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

async function main(): Promise<void> {
  const wanted = process.argv[2] ?? '';
  if (wanted === '--help' || wanted === '-h') {
    process.stdout.write(
      `usage: npm run test:mutants -- [NAME]\n  NAME  only mutants whose name holds this:\n${mutants.map(({ name }) => `    ${name}\n`).join('')}`,
    );
    return;
  }
  const chosen = mutants.filter(({ name }) => name.includes(wanted));
  // One that no longer fits is noticed before anything has run.
  for (const { patches } of mutants) await Promise.all(patches.map((patch) => patched(root, patch)));
  const scratch = await mkdtemp(join(tmpdir(), 'muster-mutants-'));
  await chmod(scratch, 0o755);
  const database = await startEmbeddedPostgres(scratch, { settings: { fsync: 'off', max_connections: '300' } });
  const findings: Finding[] = [];
  try {
    for (const mutant of chosen) {
      const finding = await examine(mutant, database.url);
      findings.push(finding);
      process.stderr.write(`${finding.caught ? 'caught' : 'SURVIVED'}: ${mutant.name}: ${finding.how}\n`);
    }
  } finally {
    await database.stop();
    await rm(scratch, { recursive: true, force: true });
  }
  const rows = findings.map(({ mutant, how, seconds }) => `| ${cell(mutant.name)} | ${cell(how)} | ${seconds} s |`);
  process.stdout.write(['| mutant | caught by | after |', '| --- | --- | --- |', ...rows, ''].join('\n'));
  if (findings.length === 0 || findings.some(({ caught }) => !caught)) process.exitCode = 1;
}

await main();
