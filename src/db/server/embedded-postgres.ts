import { mkdir, realpath } from 'node:fs/promises';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { setUpCluster, superuser, type Cluster } from './cluster-setup.ts';
import { lockDataDirectory } from './data-directory-lock.ts';
import { startServer, type RunningServer } from './guarded-postgres.ts';
import { findPostgresPrograms, type PostgresPrograms } from './postgres-programs.ts';

const database = 'muster';

/** Starts that may fail one after the other before a server that ended by itself is given up. */
const maxFailedStarts = 8;
/** Wait before a server that ended soon after its start is started again; doubled each time, up to {@link maxRestartWaitMs}. */
const restartWaitMs = 100;
const maxRestartWaitMs = 5_000;
/** A server that lived for this long is started again without a wait. */
const longLifeMs = 30_000;

export type EmbeddedPostgres = {
  readonly url: string;
  /** Stops the server, and lets another process have the directory. */
  stop(): Promise<void>;
};

/** Is told what happens to the server by itself. */
export type EmbeddedPostgresWatch = {
  /** It ended, and is being started again. */
  readonly onEnded?: () => void;
  /** It does not start again, and nothing will be tried any more. */
  readonly onGivenUp?: (error: Error) => void;
};

type Options = EmbeddedPostgresWatch & { readonly settings?: Record<string, string> };

/**
 * Starts a private PostgreSQL under a directory, which no other process can use meanwhile. It is started again if it ends by
 * itself, and ends with this process, however that ends.
 *
 * @throws Error saying what is in the way
 */
export async function startEmbeddedPostgres(dataDir: string, options: Options = {}): Promise<EmbeddedPostgres> {
  const given = resolve(dataDir);
  await mkdir(given, { recursive: true });
  const root = await realpath(given);
  const lock = await lockDataDirectory(root);
  try {
    const programs = await findPostgresPrograms();
    const cluster = await setUpCluster(root, programs);
    const keeper = await ServerKeeper.start(cluster, programs, options);
    const server = `postgres://${superuser}:${cluster.password}@127.0.0.1:${keeper.port}`;
    const stop = async () => {
      await keeper.stop();
      await lock.release();
    };
    try {
      await ensureDatabase(server);
    } catch (error) {
      await stop();
      throw error;
    }
    return { url: `${server}/${database}`, stop };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Keeps a server running on one port. */
class ServerKeeper {
  readonly port: number;
  private server: RunningServer | undefined;
  private stopping = false;
  private keeping: Promise<void> = Promise.resolve();
  private readonly cluster: Cluster;
  private readonly programs: PostgresPrograms;
  private readonly options: Options;

  private constructor(port: number, cluster: Cluster, programs: PostgresPrograms, options: Options) {
    this.port = port;
    this.cluster = cluster;
    this.programs = programs;
    this.options = options;
  }

  static async start(cluster: Cluster, programs: PostgresPrograms, options: Options): Promise<ServerKeeper> {
    const keeper = new ServerKeeper(await freePort(), cluster, programs, options);
    const first = await keeper.startOnce();
    keeper.keeping = keeper.keep(first);
    return keeper;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.server?.stop();
    await this.keeping;
    // One that was being started when this one was stopped.
    await this.server?.stop();
  }

  private async startOnce(): Promise<RunningServer> {
    const { directory } = this.cluster;
    const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', ...this.options.settings };
    this.server = await startServer({ directory, port: this.port, settings }, this.programs);
    return this.server;
  }

  private async keep(first: RunningServer): Promise<void> {
    let waitMs = restartWaitMs;
    for (let server: RunningServer | undefined = first; server !== undefined;) {
      const since = performance.now();
      await server.ended;
      if (this.stopping) return;
      this.options.onEnded?.();
      waitMs = performance.now() - since > longLifeMs ? restartWaitMs : Math.min(waitMs * 2, maxRestartWaitMs);
      await sleep(waitMs, undefined, { ref: false });
      server = await this.startAgain();
    }
  }

  private async startAgain(): Promise<RunningServer | undefined> {
    for (let failed = 0; !this.stopping;) {
      try {
        return await this.startOnce();
      } catch (error) {
        failed += 1;
        if (failed >= maxFailedStarts) {
          const reason = error instanceof Error ? error : new Error(String(error));
          this.options.onGivenUp?.(reason);
          return undefined;
        }
        await sleep(Math.min(restartWaitMs * 2 ** failed, maxRestartWaitMs), undefined, { ref: false });
      }
    }
    return undefined;
  }
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

/** A TCP port on loopback that nothing listens on at this moment. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done, fail) => {
    server.once('error', fail).listen(0, '127.0.0.1', done);
  });
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('there is no free port on 127.0.0.1');
  return address.port;
}
