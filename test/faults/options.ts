import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { mutants, type Mutant } from '../mutants/mutants.ts';

export type Options = {
  readonly seeds: readonly number[];
  /** Row numbers to inject in every seed instead of those that it draws. */
  readonly only: readonly number[] | undefined;
  readonly devices: number;
  /** No new seed is begun after so many seconds. */
  readonly seconds: number;
  readonly short: boolean;
  readonly fsync: boolean;
  readonly keep: boolean;
  /** Begins no further seed after one with a violation. */
  readonly bail: boolean;
  readonly mutant: Mutant | undefined;
};

/** Number of successive seeds that draw every row at least once. */
const fewestSeeds = { short: 3, long: 12 };

export const usage = `usage: npm run test:faults -- [options]
  --seeds N      how many seeds to run (12, or 3 with --short: every row is drawn)
  --first S      the seed to begin with; without it 0 with --short, else one that this commit stands for
  --seed S       one seed
  --fault ROW    only this row of the matrix, by its number or its name; may be given again
  --devices N    how many simulated devices (200)
  --seconds T    begin no new seed after so long
  --short        more rows in each seed, and nothing that takes longer than half a minute
  --fsync        let PostgreSQL wait for the disk
  --bail         stop after the first seed with a violation
  --mutant NAME  break the build on purpose: one of test/mutants, by its name or the beginning of it
  --keep         keep history and logs also of runs without a violation`;

/** Reads the arguments. @throws Error saying which is wrong */
export function readOptions(
  args: readonly string[],
  { rowOf, rows }: { rowOf: (nameOrNumber: string) => number; rows: number },
): Options | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string' },
      first: { type: 'string' },
      seed: { type: 'string' },
      fault: { type: 'string', multiple: true },
      devices: { type: 'string', default: '200' },
      seconds: { type: 'string', default: '86400' },
      short: { type: 'boolean', default: false },
      fsync: { type: 'boolean', default: false },
      bail: { type: 'boolean', default: false },
      mutant: { type: 'string' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const whole = (text: string, what: string) => {
    const number = Number(text);
    if (!Number.isInteger(number) || number < 0) throw new Error(`${what}: expected a whole number, found ${text}`);
    return number;
  };
  const first = values.seed ?? values.first;
  const from = first === undefined ? (values.short ? 0 : firstSeedOf(commitId(), rows)) : whole(first, '--seed');
  const count =
    values.seed === undefined
      ? whole(values.seeds ?? String(fewestSeeds[values.short ? 'short' : 'long']), '--seeds')
      : 1;
  return {
    seeds: Array.from({ length: count }, (_, index) => from + index),
    only: values.fault?.map(rowOf),
    devices: whole(values.devices, '--devices'),
    seconds: whole(values.seconds, '--seconds'),
    short: values.short,
    fsync: values.fsync,
    keep: values.keep,
    bail: values.bail,
    mutant: values.mutant === undefined ? undefined : mutantNamed(values.mutant),
  };
}

function mutantNamed(name: string): Mutant {
  const mutant = mutants.find((candidate) => candidate.name.startsWith(name));
  if (mutant === undefined)
    throw new Error(`--mutant: expected one of\n  ${mutants.map((each) => each.name).join('\n  ')}`);
  return mutant;
}

/** The commit that is tested, with a mark if the working tree differs from it. */
export function commitId(): string {
  try {
    const git = (...args: string[]) =>
      execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    return `${git('rev-parse', '--short=10', 'HEAD')}${git('status', '--porcelain') === '' ? '' : '+changes'}`;
  } catch {
    return 'unknown';
  }
}

/** Another draw for each commit, the same for the same one; where a deck of all rows begins. */
function firstSeedOf(commit: string, rows: number): number {
  const number = Number.parseInt(commit.slice(0, 6), 16);
  return Number.isNaN(number) ? 0 : rows * (number % 10_000);
}
