import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check } from './checker.ts';
import { catalogue, draw, faultOfRow, faultsOfSeed, faultsOfShortSeed, rowOf } from './faults/catalogue.ts';
import { createFirstFleet, populated } from './first-fleet.ts';
import { readHistory } from './history.ts';
import { commitId, readOptions, usage, type Options } from './options.ts';
import { noiseRow } from './noise.ts';
import { PostgresCluster } from './postgres-cluster.ts';
import { compilePrograms } from './programs.ts';
import { RedisProcess } from './redis-process.ts';
import { Scene, type Stage } from './scene.ts';
import { boundsMs, patience, type Timings } from './settle.ts';
import { play } from './story.ts';
import { Tally } from './tally.ts';
import type { Violation } from './violation.ts';

/** A seed that takes longer is stuck, even on a machine that does much else. */
const seedTimeoutMs = 420_000;

const print = (text: string) => process.stdout.write(`${text}\n`);

type Outcome = { readonly violations: readonly Violation[]; readonly timings: Timings | undefined };

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), { rowOf, rows: catalogue.length });
  if (options === 'help') {
    print(usage);
    print('\nrows:');
    for (const { row, name } of catalogue) print(`  ${String(row).padStart(2)}  ${name}`);
    return 0;
  }
  const [first] = options.seeds;
  print(`fault rig: commit ${commitId()}, ${options.seeds.length} seeds from ${first}, ${options.devices} devices`);
  if (options.mutant !== undefined) print(`broken on purpose: ${options.mutant.name}`);
  const scratch = await mkdtemp(join(tmpdir(), 'muster-faults-'));
  // PostgreSQL does not run as root: another user must be able to enter.
  await chmod(scratch, 0o755);
  const cluster = await PostgresCluster.start(scratch, options);
  const leave = (code: number) => void cluster.stop().finally(() => process.exit(code));
  process.once('SIGINT', () => leave(130));
  process.once('SIGTERM', () => leave(143));
  process.once('uncaughtException', (error) => {
    print(error.stack ?? String(error));
    leave(1);
  });
  try {
    const programs = await compilePrograms(scratch, options.mutant);
    const stage = { cluster, redis: await RedisProcess.start(scratch), programs, directory: scratch };
    await createFirstFleet(stage, options.devices);
    const failed = await runSeeds(stage, options);
    if (failed === 0 && !options.keep) await rm(scratch, { recursive: true, force: true });
    else print(`histories and logs are under ${scratch}`);
    return failed === 0 ? 0 : 1;
  } finally {
    await cluster.stop().catch(() => undefined);
  }
}

/** @returns how many seeds had a violation */
async function runSeeds(stage: Stage, options: Options): Promise<number> {
  const tally = new Tally();
  const slowest: Timings = { ready: 0, answered: 0, rendered: 0, queue: 0 };
  const failed: number[] = [];
  let violations = 0;
  let ran = 0;
  const began = performance.now();
  for (const seed of options.seeds) {
    if (performance.now() - began > options.seconds * 1_000 || (options.bail && violations > 0)) break;
    ran += 1;
    const outcome = await runSeed(stage, seed, options, tally);
    violations += outcome.violations.length;
    if (outcome.violations.length > 0) failed.push(seed);
    for (const name of Object.keys(slowest) as Array<keyof Timings>)
      slowest[name] = Math.max(slowest[name], outcome.timings?.[name] ?? 0);
  }
  print('\nrow  fault                                count  of these');
  for (const line of tally.lines(new Map([...catalogue, noiseRow].map(({ row, name }) => [row, name])))) print(line);
  const timed = Object.entries(slowest).map(
    ([name, ms]) => `${name} ${(ms / 1_000).toFixed(1)} of ${boundsMs[name as keyof Timings] / 1_000}`,
  );
  print(`\nslowest after the faults stopped, in seconds (bound times ${patience} allowed): ${timed.join(', ')}`);
  print(`${ran} seeds in ${((performance.now() - began) / 1_000).toFixed(0)} s, ${violations} violations`);
  for (const seed of failed) print(`failed: npm run test:faults -- --seed ${seed}${options.short ? ' --short' : ''}`);
  return failed.length;
}

async function runSeed(stage: Stage, seed: number, options: Options, tally: Tally): Promise<Outcome> {
  const faults =
    options.only?.map((row) => faultOfRow(row)) ?? draw(seed, options.short ? faultsOfShortSeed : faultsOfSeed);
  const rows = faults.map((fault) => fault.row).join(', ');
  const began = performance.now();
  const scene = await Scene.open({ stage, database: populated }, seed, options, tally);
  let timings: Timings | undefined;
  let closed = false;
  try {
    timings = await withTimeout(play(scene, faults), seedTimeoutMs);
  } catch (error) {
    scene.violate(
      'R',
      `the run ended early: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  }
  try {
    await scene.close();
    closed = true;
    const dumps = await scene.incarnations.dump();
    await writeFile(join(scene.directory, 'databases.json'), JSON.stringify(dumps));
    const history = readHistory(join(scene.directory, 'history.ndjson'));
    scene.violations.push(...check(history, dumps));
    const answers = history.filter((entry) => entry.kind === 'answer').length;
    const swaps = history.filter((entry) => entry.kind === 'swap').length;
    const seconds = ((performance.now() - began) / 1_000).toFixed(1);
    const verdict = scene.violations.length === 0 ? 'ok' : `${scene.violations.length} VIOLATIONS`;
    print(`seed ${seed}: rows ${rows}: ${answers} answers, ${swaps} restores, ${seconds} s: ${verdict}`);
  } catch (error) {
    scene.violate('R', `the run could not be checked: ${error instanceof Error ? (error.stack ?? '') : String(error)}`);
    if (!closed) await scene.close().catch(() => undefined);
  }
  for (const { invariant, device, detail } of firstOfEach(scene.violations, 3))
    print(`  ${invariant} ${device ?? ''} ${detail}`);
  await scene.incarnations.drop().catch(() => undefined);
  if (scene.violations.length === 0 && !options.keep) await rm(scene.directory, { recursive: true, force: true });
  return { violations: scene.violations, timings };
}

/** Most violations shown of each invariant: one mistake often causes a hundred of the same kind. */
function firstOfEach(violations: readonly Violation[], count: number): Violation[] {
  const seen = new Map<string, number>();
  return violations.filter(({ invariant }) => {
    const before = seen.get(invariant) ?? 0;
    seen.set(invariant, before + 1);
    return before < count;
  });
}

async function withTimeout<Result>(work: Promise<Result>, timeoutMs: number): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(`not over after ${timeoutMs / 1_000} s`)), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

process.exit(await main());
