import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { migrateDatabase } from '../../src/db/server/migrate.ts';
import { freePort } from './servers.ts';
import type { TestDatabase } from './test-database.ts';

const run = promisify(execFile);

const directory = '/usr/lib/postgresql/15/bin';
const readyWithinMs = 20_000;

/** Words before PostgreSQL's programs that take those of Debian's PostgreSQL 15. */
export const postgres15Tools = ['/usr/bin/env', `PATH=${directory}:/usr/bin:/bin`];

/** Makes sure that Debian's PostgreSQL 15 is there: as root it is installed. @throws Error saying why it is not there */
export async function requirePostgres15(): Promise<void> {
  if (existsSync(join(directory, 'pg_restore')) && existsSync(join(directory, 'initdb'))) return;
  if (process.getuid?.() !== 0)
    throw new Error(
      `there is no PostgreSQL 15 in ${directory}, and only root may install one: apt-get install postgresql-15`,
    );
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, maxBuffer: 64e6 };
  await run('apt-get', ['update'], options);
  await run('apt-get', ['install', '-y', '--no-install-recommends', 'postgresql-15'], options);
}

/** A server of PostgreSQL 15 of a test's own. Its superuser is `postgres`. */
export class Postgres15 {
  readonly url: string;
  private readonly directory: string;
  private readonly stopServer: () => Promise<void>;

  private constructor(url: string, directory: string, stopServer: () => Promise<void>) {
    this.url = url;
    this.directory = directory;
    this.stopServer = stopServer;
  }

  static async start(): Promise<Postgres15> {
    await requirePostgres15();
    const data = await mkdtemp(join(tmpdir(), 'muster-postgres15-'));
    const as = process.getuid?.() === 0 ? await userPostgres() : undefined;
    if (as !== undefined) await chown(data, as.uid, as.gid);
    await chmod(data, 0o700);
    const port = await freePort();
    await run(join(directory, 'initdb'), ['-D', data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--locale=C'], {
      ...as,
    });
    const settings = {
      port,
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      fsync: 'off',
      max_connections: 200,
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const server = spawn(join(directory, 'postgres'), ['-D', data, ...flags], { ...as, cwd: data, stdio: 'ignore' });
    const ended = new Promise<void>((resolve) => {
      server.once('exit', () => resolve());
    });
    const url = `postgres://postgres:any@127.0.0.1:${port}/postgres`;
    await untilReady(url);
    return new Postgres15(url, data, async () => {
      server.kill('SIGINT');
      await ended;
    });
  }

  /** A migrated, empty database on it, of a role of its own. */
  async createDatabase(name: string): Promise<TestDatabase> {
    await this.admin((client) => client`CREATE DATABASE ${client(name)}`);
    const url = new URL(this.url);
    url.pathname = `/${name}`;
    await migrateDatabase(url.toString());
    return {
      url: url.toString(),
      name,
      copy: () => Promise.reject(new Error('not made here')),
      drop: () => this.admin((client) => client`DROP DATABASE IF EXISTS ${client(name)} WITH (FORCE)`),
    };
  }

  async admin(work: (client: postgres.Sql) => Promise<unknown>): Promise<void> {
    const client = postgres(this.url, { max: 1, onnotice: () => undefined });
    try {
      await work(client);
    } finally {
      await client.end();
    }
  }

  async remove(): Promise<void> {
    await this.stopServer();
    await rm(this.directory, { recursive: true, force: true });
  }
}

async function userPostgres(): Promise<{ uid: number; gid: number }> {
  const idOf = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout);
  return { uid: await idOf('-u'), gid: await idOf('-g') };
}

async function untilReady(url: string): Promise<void> {
  const until = performance.now() + readyWithinMs;
  for (;;) {
    const client = postgres(url, { max: 1, onnotice: () => undefined, connect_timeout: 2 });
    try {
      await client`SELECT 1`;
      return;
    } catch (error) {
      if (performance.now() > until) throw error;
      await new Promise((done) => setTimeout(done, 100));
    } finally {
      await client.end({ timeout: 1 });
    }
  }
}
