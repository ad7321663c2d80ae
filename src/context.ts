import { randomUUID } from 'node:crypto';
import type { Bus } from './bus/bus.ts';
import { createLocalBus } from './bus/local-bus.ts';
import { createRedisBus } from './bus/redis-bus.ts';
import { createRedisWalMark, noWalMark, type WalMark } from './bus/wal-mark.ts';
import { systemClock, type Clock } from './clock.ts';
import type { Config } from './config.ts';
import { connectDatabase, type Database } from './db/client.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './db/embedded-postgres.ts';
import { ensureGenesis } from './db/fence.ts';
import { migrateDatabase } from './db/migrate.ts';
import type { SpecRenderer } from './domain/spec-renderer.ts';
import { createTemplateRenderer } from './domain/templates/template-renderer.ts';
import type { Log } from './log.ts';
import { openRenderQueue, type RenderQueue } from './queue/render-queue.ts';
import { uuidv7 } from './uuid-v7.ts';

/** Everything that has a lifetime, and everything that a test or an embedder may want to replace. */
export type Context = {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly database: Database;
  readonly queue: RenderQueue;
  readonly bus: Bus;
  readonly walMark: WalMark;
  readonly renderer: SpecRenderer;
  /** Names this process among the instances. */
  readonly instance: string;
  /** Closes all of it, in the order that loses nothing. */
  destroy(): Promise<void>;
};

/** The one seam: what is given here is used instead of what would be made. */
export type Overrides = Partial<Pick<Context, 'clock' | 'database' | 'queue' | 'bus' | 'walMark' | 'renderer'>>;

/** Opens what the service stands on: the database at its newest schema and with a first timeline, queue and bus. */
export async function createContext(config: Config, log: Log, overrides: Overrides = {}): Promise<Context> {
  const clock = overrides.clock ?? systemClock;
  let embedded: EmbeddedPostgres | undefined;
  let databaseUrl = config.databaseUrl;
  if (databaseUrl === undefined) {
    embedded = await startEmbeddedPostgres(config.dataDir);
    databaseUrl = embedded.url;
    log.info({ dataDir: config.dataDir }, 'DATABASE_URL is not set: a private PostgreSQL is used');
  }
  try {
    await migrateDatabase(databaseUrl);
    const database =
      overrides.database ?? connectDatabase(databaseUrl, { poolSize: config.databasePool, applicationName: 'muster' });
    await database.transact((tx) => ensureGenesis(tx, uuidv7(clock.now()), clock.now()));
    const queue = overrides.queue ?? openRenderQueue({ databaseUrl, redisUrl: config.redisUrl }, log);
    const bus =
      overrides.bus ?? (config.redisUrl === undefined ? createLocalBus() : createRedisBus(config.redisUrl, log));
    const walMark =
      overrides.walMark ?? (config.redisUrl === undefined ? noWalMark : createRedisWalMark(config.redisUrl, log));
    return {
      config,
      clock,
      log,
      database,
      queue,
      bus,
      walMark,
      renderer: overrides.renderer ?? createTemplateRenderer(),
      instance: randomUUID(),
      async destroy() {
        await queue.close();
        await bus.close();
        await walMark.close();
        await database.close();
        await embedded?.stop();
      },
    };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}
