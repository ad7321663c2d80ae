import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { readConfig, type Config } from '../src/config.ts';
import { startEmbeddedPostgres } from '../src/db/embedded-postgres.ts';
import { migrateDatabase } from '../src/db/migrate.ts';

/** One figure beside its baseline, both measured in this run. */
export type Row = {
  readonly what: string;
  readonly figure: number;
  readonly baseline: number;
  readonly unit: string;
  /** figure / baseline. */
  readonly ratio: number;
  readonly goal: string;
  readonly met: boolean;
};

export type Bench = { readonly name: string; run(rig: Rig): Promise<Row[]> };

/** A real PostgreSQL with fsync on, and databases of any number of devices in it. */
export type Rig = {
  /** A database whose fleet has so many devices, all of which have answered. */
  databaseWith(devices: number): Promise<string>;
  config(databaseUrl: string): Config;
};

export function row(what: string, unit: string, figures: { figure: number; baseline: number }, goal: Goal): Row {
  const ratio = figures.figure / figures.baseline;
  const met = goal.atMost === undefined ? ratio >= (goal.atLeast ?? 0) : ratio <= goal.atMost;
  const text = goal.atMost === undefined ? `≥ ${goal.atLeast} ×` : `≤ ${goal.atMost} ×`;
  return { what, unit, ...figures, ratio, goal: text, met };
}

type Goal =
  | { readonly atMost: number; readonly atLeast?: never }
  | { readonly atLeast: number; readonly atMost?: never };

/** Runs `work` with a rig, and takes the rig down after. */
export async function withRig<Result>(work: (rig: Rig) => Promise<Result>): Promise<Result> {
  const scratch = await mkdtemp(join(tmpdir(), 'muster-bench-'));
  const server = await startEmbeddedPostgres(scratch, {
    settings: { shared_buffers: '1GB', max_wal_size: '8GB', max_connections: '200' },
  });
  let made = 0;
  try {
    return await work({
      async databaseWith(devices) {
        made += 1;
        const url = await createDatabase(server.url, `bench_${made}`);
        await migrateDatabase(url);
        await fill(url, devices);
        return url;
      },
      config: (databaseUrl) =>
        readConfig({
          DATABASE_URL: databaseUrl,
          MUSTER_API_LISTEN: '127.0.0.1:0',
          MUSTER_AGENT_LISTEN: '127.0.0.1:0',
          MUSTER_LOG_LEVEL: 'error',
          MUSTER_WORKER: 'false',
        }),
    });
  } finally {
    await server.stop();
    await rm(scratch, { recursive: true, force: true });
  }
}

async function createDatabase(serverUrl: string, name: string): Promise<string> {
  const client = postgres(serverUrl, { max: 1, onnotice: () => undefined });
  await client`CREATE DATABASE ${client(name)}`;
  await client.end();
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.toString();
}

/** Devices are put in by statements over all of them: how they came to be is not what is measured. */
async function fill(url: string, devices: number): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => undefined });
  const restore = '00000000-0000-7000-8000-000000000001';
  const hash = 'a'.repeat(64);
  await client`INSERT INTO restores (id, genesis, declared_at, declared_by, settled_at, total) VALUES (${restore}, true, now(), 'service:bench', now(), ${devices})`;
  await client`INSERT INTO service_state (id, current_restore) VALUES (true, ${restore})`;
  await client`INSERT INTO rendered_specs (hash, spec, created_at) VALUES (${hash}, '{}', now())`;
  await client`
    INSERT INTO devices (name, labels, created_at)
    SELECT 'device-' || lpad(i::text, 8, '0'), jsonb_build_object('site', 's' || (i % 100), 'tier', 't' || (i % 3)), now()
    FROM generate_series(1, ${devices}) AS i`;
  await client`
    INSERT INTO device_positions (name, timeline, version, spec_hash, wanted_generation, rendered_generation,
      reported_timeline, reported_version, reported_hash, answered_restore_id, last_seen)
    SELECT name, ${restore}, 5, ${hash}, 1, 1, ${restore}, 5, ${hash}, ${restore}, now() FROM devices`;
  await client`VACUUM ANALYZE`;
  await client.end();
}

export function deviceName(index: number): string {
  return `device-${String(index + 1).padStart(8, '0')}`;
}

/** The median of so many timed runs, in milliseconds. */
export async function medianMs(runs: number, work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return times.toSorted((a, b) => a - b)[Math.floor(runs / 2)] ?? Number.NaN;
}

/** Where and on what a run was made. */
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
