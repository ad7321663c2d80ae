import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdtemp, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterEach, expect, test, vi } from 'vitest';
import { connectDatabase } from '../../src/db/client.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/db/server/embedded-postgres.ts';
import { findPostgresPrograms } from '../../src/db/server/postgres-programs.ts';
import { until } from '../support/held-transactions.ts';
import { readyLine } from '../support/servers.ts';

// Each makes a PostgreSQL of its own.
vi.setConfig({ testTimeout: 120_000 });

const run = promisify(execFile);
const entry = fileURLToPath(new URL('../support/embedded-postgres-entry.ts', import.meta.url));
const closing: Array<() => Promise<unknown>> = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function directory(): Promise<string> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'muster-embedded-')));
  // As root, PostgreSQL runs as another user.
  await chmod(path, 0o755);
  closing.push(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function start(path: string, watch: Parameters<typeof startEmbeddedPostgres>[1] = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres(path, watch);
  closing.push(() => server.stop());
  return server;
}

/** A process that starts one, under a shell's limits. */
function startElsewhere(path: string, limits = ''): ChildProcess {
  const command = `${limits} exec ${process.execPath} --import tsx ${entry} ${path}`;
  const child = spawn('/bin/sh', ['-c', command], { stdio: ['ignore', 'pipe', 'pipe'] });
  closing.push(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
    await until(async () => !(await runsUnder(path)));
  });
  return child;
}

async function textOf(child: ChildProcess): Promise<{ code: unknown; stderr: string }> {
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code]: unknown[] = await once(child, 'close');
  return { code, stderr };
}

const postmasterOf = async (path: string) => {
  const text = await readFile(join(path, 'postgres', 'postmaster.pid'), 'utf8');
  return Number(text.split('\n')[0]);
};

/** Tells if any process works in the cluster of a data directory. */
async function runsUnder(path: string): Promise<boolean> {
  const { stdout } = await run('ps', ['-ww', '-e', '-o', 'command=']);
  return stdout.split('\n').some((line) => line.includes(`-D ${path}/`) && !line.includes('sh -c'));
}

async function query(url: string, statement: string): Promise<readonly unknown[]> {
  const client = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    return [...(await client.unsafe(statement))];
  } finally {
    await client.end();
  }
}

test('a server that is killed under load is started again on the same address, and nothing that was committed is lost', async () => {
  const path = await directory();
  let ended = 0;
  const server = await start(path, { onEnded: () => (ended += 1) });
  await query(server.url, 'CREATE TABLE written (number int PRIMARY KEY)');
  const database = connectDatabase(server.url, { poolSize: 5, applicationName: 'test' });
  closing.push(() => database.close());
  const committed: number[] = [];
  let next = 0;
  const over = new AbortController();
  const writers = Array.from({ length: 5 }, async () => {
    while (!over.signal.aborted) {
      next += 1;
      const number = next;
      await database
        .transact((tx) => tx.execute(sql`INSERT INTO written VALUES (${number})`))
        .then(
          () => committed.push(number),
          () => new Promise((done) => setTimeout(done, 20)),
        );
    }
  });
  for (let kill = 1; kill <= 2; kill += 1) {
    const before = committed.length;
    await until(async () => committed.length > before + 50);
    process.kill(await postmasterOf(path), 'SIGKILL');
    await until(async () => ended === kill);
  }
  const before = committed.length;
  await until(async () => committed.length > before + 50);
  over.abort();
  await Promise.all(writers);
  const rows = await query(server.url, 'SELECT number FROM written');
  const kept = new Set(rows.map((row) => (row as { number: number }).number));
  expect(committed.filter((number) => !kept.has(number))).toEqual([]);
});

test('a server whose shell is killed is started again too', async () => {
  const path = await directory();
  let ended = 0;
  const server = await start(path, { onEnded: () => (ended += 1) });
  const postmaster = await postmasterOf(path);
  const { stdout } = await run('ps', ['-o', 'ppid=', '-p', String(postmaster)]);
  process.kill(Number(stdout), 'SIGKILL');
  await until(async () => ended === 1);
  await until(async () => (await postmasterOf(path).catch(() => postmaster)) !== postmaster);
  await until(async () => (await query(server.url, 'SELECT 1').catch(() => [])).length === 1);
});

test('a server that does not start again is given up, with the end of its log', async () => {
  const path = await directory();
  const givenUp: Error[] = [];
  await start(path, { onGivenUp: (error) => givenUp.push(error) });
  await rename(join(path, 'postgres', 'global'), join(path, 'postgres', 'elsewhere'));
  process.kill(await postmasterOf(path), 'SIGKILL');
  await until(() => givenUp.length > 0);
  expect(givenUp[0]?.message).toMatch(/the private PostgreSQL under \S+ did not start:\n[^]*pg_control/);
});

test('a directory that is in use is refused, naming it and the process that has it, until that one is gone', async () => {
  const path = await directory();
  const inUse = (pid: number | undefined) =>
    `the data directory ${path} is in use by another Muster (process ${String(pid)})`;
  const elsewhere = startElsewhere(path);
  await readyLine(elsewhere, /^ready/);
  await expect(startEmbeddedPostgres(path)).rejects.toThrow(inUse(elsewhere.pid));
  const { code, stderr } = await textOf(startElsewhere(path));
  expect(code).toBe(1);
  expect(stderr).toContain(inUse(elsewhere.pid));
  // A process that stands still has the directory all the same.
  elsewhere.kill('SIGSTOP');
  await expect(startEmbeddedPostgres(path)).rejects.toThrow('a process that does not say who it is');
  elsewhere.kill('SIGCONT');
  elsewhere.kill('SIGTERM');
  await once(elsewhere, 'exit');
  await start(path);
  await expect(startEmbeddedPostgres(path)).rejects.toThrow(inUse(process.pid));
});

test('a directory whose path is too long for a socket is locked all the same', async () => {
  const path = join(await directory(), 'a'.repeat(100));
  await start(path);
  await expect(startEmbeddedPostgres(path)).rejects.toThrow(`process ${process.pid}`);
});

test('of several that start at once on one directory, one has it', async () => {
  const path = await directory();
  const outcomes = await Promise.allSettled(Array.from({ length: 4 }, () => start(path)));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test.each(['SIGKILL', 'SIGTERM'] as const)(
  'the server ends with the process that started it, after %s, and the next start finds its data',
  async (signal) => {
    const path = await directory();
    const elsewhere = startElsewhere(path);
    const [, url = ''] = /^ready (.*)$/.exec(await readyLine(elsewhere, /^ready/)) ?? [];
    await query(url, 'CREATE TABLE kept AS SELECT 7 AS number');
    elsewhere.kill(signal);
    await once(elsewhere, 'exit');
    await until(async () => !(await runsUnder(path)));
    const server = await start(path);
    expect(await query(server.url, 'SELECT number FROM kept')).toEqual([{ number: 7 }]);
  },
);

test('a server that a killed process left running is stopped at the next start, and its data is there', async () => {
  const path = await directory();
  const elsewhere = startElsewhere(path);
  const [, url = ''] = /^ready (.*)$/.exec(await readyLine(elsewhere, /^ready/)) ?? [];
  await query(url, 'CREATE TABLE kept AS SELECT 7 AS number');
  // Without its shell the server has nobody who ends it.
  const left = await postmasterOf(path);
  const { stdout } = await run('ps', ['-o', 'ppid=', '-p', String(left)]);
  elsewhere.kill('SIGSTOP');
  process.kill(Number(stdout), 'SIGKILL');
  elsewhere.kill('SIGKILL');
  await once(elsewhere, 'exit');
  expect(await runsUnder(path)).toBe(true);
  const server = await start(path);
  expect(await postmasterOf(path)).not.toBe(left);
  expect(await query(server.url, 'SELECT number FROM kept')).toEqual([{ number: 7 }]);
});

test('a file that names a process which is no server of the cluster keeps nothing from starting', async () => {
  const path = await directory();
  const first = await startEmbeddedPostgres(path);
  const file = await readFile(join(path, 'postgres', 'postmaster.pid'), 'utf8');
  await first.stop();
  const { as } = await findPostgresPrograms();
  // A living process of the user that PostgreSQL runs as, which would be taken for a server.
  const other = spawn('sleep', ['60'], { ...as, stdio: 'ignore' });
  closing.push(async () => other.kill());
  const stale = join(path, 'postgres', 'postmaster.pid');
  await writeFile(stale, [String(other.pid), ...file.split('\n').slice(1)].join('\n'));
  const { uid, gid } = await stat(join(path, 'postgres'));
  await chown(stale, uid, gid);
  const server = await start(path);
  expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

/** Kills a first start when a file of its cluster is there. @returns false if it was faster, and made the whole cluster */
async function killedAt(path: string, file: string): Promise<boolean> {
  const elsewhere = startElsewhere(path);
  const isThere = async (name: string) => (await stat(join(path, name)).catch(() => undefined)) !== undefined;
  await until(async () => {
    const aside = (await readdir(path)).find((name) => name.startsWith('postgres-new-') && !name.includes('.'));
    return (aside !== undefined && (await isThere(join(aside, file)))) || (await isThere('postgres'));
  });
  elsewhere.kill('SIGKILL');
  await once(elsewhere, 'exit');
  return !(await isThere('postgres'));
}

test('a first start that is killed while it makes the cluster leaves nothing that the next one trips over', async () => {
  let path = await directory();
  for (const file of ['', 'PG_VERSION', 'global/pg_control', 'base/4']) {
    while (!(await killedAt(path, file))) path = await directory();
  }
  const server = await start(path);
  expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect((await readdir(path)).toSorted()).toEqual(['lock', 'postgres', 'postgres-password']);
});

test('a first start that finds no room says so, and the next one that does succeeds', async () => {
  const path = await directory();
  // No file may grow beyond half a megabyte.
  const { code, stderr } = await textOf(startElsewhere(path, 'ulimit -f 1000;'));
  expect(code).not.toBe(0);
  expect(stderr).toContain('the private PostgreSQL could not be set up');
  const server = await start(path);
  expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('the password of the superuser is never in a file that others can read', async () => {
  const path = await directory();
  const own = await mkdtemp(join(tmpdir(), 'muster-tmp-'));
  closing.push(() => rm(own, { recursive: true, force: true }));
  await chmod(own, 0o1777);
  const seen = new Map<string, { mode: number; text: string }>();
  const over = new AbortController();
  const watch = (async () => {
    while (!over.signal.aborted) {
      for (const place of [path, own]) {
        for (const name of await readdir(place)) {
          const file = join(place, name);
          const [about, text] = await Promise.all([
            stat(file).catch(() => undefined),
            readFile(file, 'utf8').catch(() => ''),
          ]);
          if (about?.isFile() === true && text !== '') seen.set(`${file} ${about.mode}`, { mode: about.mode, text });
        }
      }
      await new Promise((done) => setTimeout(done, 2));
    }
  })();
  const elsewhere = startElsewhere(path, `export TMPDIR=${own};`);
  await readyLine(elsewhere, /^ready/);
  over.abort();
  await watch;
  const password = await readFile(join(path, 'postgres-password'), 'utf8');
  const holding = [...seen.values()].filter(({ text }) => text.includes(password));
  // That of initdb, and the one that is kept.
  expect(holding.length).toBeGreaterThanOrEqual(2);
  expect(holding.filter(({ mode }) => (mode & 0o077) !== 0)).toEqual([]);
});
