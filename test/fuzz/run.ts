import { parseArgs } from 'node:util';
import * as fc from 'fast-check';
import { everyTarget } from './every-target.ts';
import { findingOf, type FuzzTarget } from './fuzz-target.ts';

// Feeds the parsers with inputs at random, for as long as one likes, and lists what it found.

const usage = `Usage: npm run test:fuzz -- [--minutes N] [--only TEXT] [--seed N]

  --minutes N   how long in all, the same for each parser (default 5)
  --only TEXT   only parsers whose name holds this text
  --seed N      the first seed, to repeat a run (default: at random)
`;

/** Time for which a parser is fed before the next one has its turn, in milliseconds. */
const turnMs = 5_000;
const inputsPerSeed = 500;
/** Processor time past which an input counts as found, in milliseconds. */
const maxCpuMs = 2_000;
/** Past so many findings a parser is left alone: one mistake is mostly found again and again. */
const maxFindings = 5;

type Outcome = { readonly target: FuzzTarget; runs: number; readonly findings: string[] };

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
    seed: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const minutes = Number(values.minutes);
const firstSeed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);

if (values.help) process.stdout.write(usage);
else if (!(minutes > 0) || !Number.isInteger(firstSeed)) {
  process.stderr.write(`expected a number of minutes above 0, and a whole number for the seed\n\n${usage}`);
  process.exitCode = 2;
} else {
  process.exitCode = report(await fuzz());
}

async function fuzz(): Promise<readonly Outcome[]> {
  const targets = everyTarget().filter(({ name }) => name.includes(values.only));
  const outcomes = targets.map((target): Outcome => ({ target, runs: 0, findings: [] }));
  const untilMs = performance.now() + minutes * 60_000;
  const shareMs = Math.min(turnMs, (minutes * 60_000) / Math.max(1, targets.length));
  let fed: Outcome | undefined;
  const stray = (error: unknown) => void fed?.findings.push(`outside of any call: ${text(error)}`);
  process.on('uncaughtException', stray).on('unhandledRejection', stray);
  for (let seed = firstSeed; performance.now() < untilMs - 1;) {
    const left = outcomes.filter(({ findings }) => findings.length < maxFindings);
    if (left.length === 0) break;
    for (fed of left) seed = await feed(fed, seed, Math.min(untilMs, performance.now() + shareMs));
  }
  for (const target of targets) await target.end();
  return outcomes;
}

/** One turn of a parser. @returns the next seed */
async function feed(outcome: Outcome, firstSeed: number, untilMs: number): Promise<number> {
  let seed = firstSeed;
  for (let leftMs = untilMs - performance.now(); leftMs > 0; leftMs = untilMs - performance.now()) {
    const result = await fc.check(outcome.target.property(maxCpuMs), {
      seed,
      numRuns: inputsPerSeed,
      interruptAfterTimeLimit: leftMs,
    });
    outcome.runs += result.numRuns;
    const finding = findingOf(result);
    if (finding !== undefined) {
      outcome.findings.push(finding);
      return seed + 1;
    }
    seed += 1;
  }
  return seed;
}

/** @returns the exit code: 0 if nothing was found */
function report(outcomes: readonly Outcome[]): 0 | 1 {
  const rows = [
    ['parser', 'runs', 'findings'],
    ...outcomes.map(({ target, runs, findings }) => [target.name, String(runs), String(findings.length)]),
  ];
  const width = Math.max(...rows.map(([name = '']) => name.length));
  for (const [name = '', runs = '', findings = ''] of rows)
    process.stdout.write(`${name.padEnd(width)} | ${runs.padStart(9)} | ${findings}\n`);
  const found = outcomes.flatMap(({ target, findings }) => findings.map((finding) => `${target.name}: ${finding}`));
  for (const finding of found) process.stdout.write(`\n${finding}\n`);
  const total = outcomes.reduce((sum, { runs }) => sum + runs, 0);
  process.stdout.write(
    `\n${total} inputs, seeds from ${firstSeed}: ${found.length === 0 ? 'nothing found' : `${found.length} found`}\n`,
  );
  return found.length === 0 ? 0 : 1;
}

function text(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
