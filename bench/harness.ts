import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { startEmbeddedPostgres } from '../src/db/server/embedded-postgres.ts';
import { migrateDatabase } from '../src/db/server/migrate.ts';
import { fillFleet } from './fleet.ts';

/** One figure, and beside it a baseline that was measured in this run or a bound that it must keep. */
export type Row = {
  readonly what: string;
  readonly unit: string;
  readonly figure: number;
  readonly baseline: number | null;
  /** figure / baseline. */
  readonly ratio: number | null;
  readonly goal: string;
  /** Null where there is no goal. */
  readonly met: boolean | null;
};

export type Bench = { readonly name: string; run(rig: Rig): Promise<Row[]> };

/** A real PostgreSQL with fsync on, and databases of any number of devices in it. */
export type Rig = {
  /** Number of devices in the large fleet: a million, unless this run was asked for fewer. */
  readonly fleet: number;
  /** Makes a database with a fleet of that size, all of whose devices have answered. It goes away with the rig. */
  databaseWith(devices: number): Promise<string>;
};

type Goal = { readonly atMost: number } | { readonly atLeast: number };

const met = (value: number, goal: Goal) => ('atMost' in goal ? value <= goal.atMost : value >= goal.atLeast);

/** A figure as a multiple of its baseline. */
export function row(what: string, unit: string, figures: { figure: number; baseline: number }, goal: Goal): Row {
  const ratio = figures.figure / figures.baseline;
  const text = 'atMost' in goal ? `≤ ${goal.atMost} ×` : `≥ ${goal.atLeast} ×`;
  return { what, unit, ...figures, ratio, goal: text, met: met(ratio, goal) };
}

/** A figure that has a bound of its own. */
export function bounded(what: string, unit: string, figure: number, goal: Goal): Row {
  const text = 'atMost' in goal ? `≤ ${goal.atMost} ${unit}` : `≥ ${goal.atLeast} ${unit}`;
  return { what, unit, figure, baseline: null, ratio: null, goal: text, met: met(figure, goal) };
}

/** Runs `work` with a rig, and takes the rig down after. */
export async function withRig<Result>(fleet: number, work: (rig: Rig) => Promise<Result>): Promise<Result> {
  const scratch = await mkdtemp(join(tmpdir(), 'muster-bench-'));
  const server = await startEmbeddedPostgres(scratch, {
    settings: { shared_buffers: '1GB', max_wal_size: '8GB', max_connections: '200' },
  });
  const admin = postgres(server.url, { max: 1, onnotice: () => undefined });
  const templates = new Map<number, string>();
  let last: string | undefined;
  let made = 0;
  try {
    return await work({
      fleet,
      async databaseWith(devices) {
        const template = templates.get(devices) ?? `fleet_${devices}`;
        if (!templates.has(devices)) {
          await admin`CREATE DATABASE ${admin(template)}`;
          await migrateDatabase(urlOf(server.url, template));
          await fillFleet(urlOf(server.url, template), devices);
          templates.set(devices, template);
        }
        // One at a time: a million devices with their indexes take about a gigabyte.
        if (last !== undefined) await admin`DROP DATABASE ${admin(last)} WITH (FORCE)`;
        made += 1;
        last = `bench_${made}`;
        await admin`CREATE DATABASE ${admin(last)} TEMPLATE ${admin(template)}`;
        await admin`CHECKPOINT`;
        return urlOf(server.url, last);
      },
    });
  } finally {
    await admin.end();
    await server.stop();
    await rm(scratch, { recursive: true, force: true });
  }
}

function urlOf(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.toString();
}

/** Times of a number of runs, in milliseconds, shortest first. */
export async function timesMs(runs: number, work: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return times.toSorted((a, b) => a - b);
}

/** Time that a share of the runs did not exceed. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** A figure as a multiple of its baseline, of which nothing is asked. */
export function noted(what: string, unit: string, { figure, baseline }: { figure: number; baseline: number }): Row {
  return { what, unit, figure, baseline, ratio: figure / baseline, goal: '', met: null };
}

/** Machine and versions of a run. */
export function machine(): { date: string; commit: string; cores: number; cpu: string; node: string } {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const all = cpus();
  return {
    date: new Date().toISOString(),
    commit,
    cores: all.length,
    cpu: all[0]?.model ?? 'unknown',
    node: process.version,
  };
}
