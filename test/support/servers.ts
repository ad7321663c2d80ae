import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../src/db/server/embedded-postgres.ts';
import { migrateDatabase } from '../../src/db/server/migrate.ts';

const run = promisify(execFile);

declare module 'vitest' {
  export interface ProvidedContext {
    /** A PostgreSQL server; its database `muster_template` is migrated and never connected to. */
    postgresUrl: string;
    /** A Redis server, or why there is none. */
    redis: { url: string } | { missing: string };
  }
}

/** Starts what the tests need, on free ports, unless the environment names servers to use. */
export default async function startServers(project: TestProject): Promise<() => Promise<void>> {
  const scratch = await mkdtemp(join(tmpdir(), 'muster-test-'));
  // PostgreSQL does not run as root: another user must be able to enter.
  await chmod(scratch, 0o755);
  const database = await startPostgres(scratch);
  const redis = await startRedis(scratch);
  project.provide('postgresUrl', database.url);
  project.provide('redis', redis.provided);
  return async () => {
    await redis.stop();
    await database.stop();
    await rm(scratch, { recursive: true, force: true });
  };
}

async function startPostgres(scratch: string): Promise<{ url: string; stop(): Promise<void> }> {
  const given = process.env['DATABASE_URL'];
  // What is tested is never a power cut of this machine, so the tests need not wait for its disk.
  const embedded =
    given === undefined
      ? await startEmbeddedPostgres(scratch, { settings: { fsync: 'off', max_connections: '300' } })
      : undefined;
  const url = given ?? embedded?.url ?? '';
  const client = postgres(url, { max: 1, onnotice: () => undefined });
  await client`DROP DATABASE IF EXISTS muster_template`;
  await client`CREATE DATABASE muster_template`;
  await client.end();
  const template = new URL(url);
  template.pathname = '/muster_template';
  await migrateDatabase(template.toString());
  return { url, stop: async () => embedded?.stop() };
}

async function startRedis(
  scratch: string,
): Promise<{ provided: { url: string } | { missing: string }; stop(): Promise<void> }> {
  const given = process.env['REDIS_URL'];
  if (given !== undefined) return { provided: { url: given }, stop: async () => undefined };
  const program = (await findRedis()) ?? (await installRedis());
  if (typeof program !== 'string') return { provided: program, stop: async () => undefined };
  const port = await freePort();
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', scratch];
  const server = spawn(program, flags, { stdio: ['ignore', 'pipe', 'inherit'] });
  await readyLine(server, /Ready to accept connections/);
  return {
    provided: { url: `redis://127.0.0.1:${port}` },
    stop: () =>
      new Promise((done) => {
        server.once('exit', () => done());
        server.kill('SIGTERM');
      }),
  };
}

/** The Redis server program on the path, if there is one. */
export async function findRedis(): Promise<string | undefined> {
  for (const name of ['redis-server', 'valkey-server']) {
    const found = await run('sh', ['-c', `command -v ${name}`]).catch(() => undefined);
    if (found !== undefined) return found.stdout.trim();
  }
  return undefined;
}

/** Installs Debian's Redis where that is possible. @returns the program, or why there is none */
export async function installRedis(): Promise<string | { missing: string }> {
  const advice = 'set REDIS_URL, or put redis-server or valkey-server on the path';
  if (process.getuid?.() !== 0) return { missing: `no Redis was found, and only root may install one: ${advice}` };
  try {
    const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update'], { env: environment, maxBuffer: 64e6 });
    await run('apt-get', ['install', '-y', '--no-install-recommends', 'redis-server'], {
      env: environment,
      maxBuffer: 64e6,
    });
  } catch (error) {
    return {
      missing: `no Redis was found, and installing Debian's failed (${String(error).slice(0, 300)}): ${advice}`,
    };
  }
  return (await findRedis()) ?? { missing: `Debian's redis-server was installed but is not on the path: ${advice}` };
}

export async function readyLine(server: ChildProcess, pattern: RegExp): Promise<string> {
  return await new Promise((done, fail) => {
    let text = '';
    server.once('exit', (code) =>
      fail(new Error(`exited with ${String(code)} before it was ready: ${text.slice(-2000)}`)),
    );
    server.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const line = text.split('\n').find((candidate) => pattern.test(candidate));
      if (line !== undefined) done(line);
    });
  });
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
