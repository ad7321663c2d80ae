import { readConfig, type Environment } from '../../src/config/config.ts';
import { createContext, type Context, type Overrides } from '../../src/context.ts';
import { currentRestore } from '../../src/db/fence.ts';
import { createLog } from '../../src/logging/log.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';

/** A clock that stands still until it is told otherwise. */
export type TestClock = { now(): Date; set(at: Date): void; advance(ms: number): void };

export function createTestClock(start = new Date('2026-11-21T08:00:00.000Z')): TestClock {
  let at = start.getTime();
  return {
    now: () => new Date(at),
    set(to) {
      at = to.getTime();
    },
    advance(ms) {
      at += ms;
    },
  };
}

export type TestContext = {
  readonly context: Context;
  readonly database: TestDatabase;
  readonly clock: TestClock;
  /** The current restore, read anew. */
  restore(): Promise<string>;
  /** Closes the context and drops its database. */
  close(): Promise<void>;
};

export type TestContextOptions = {
  /** Settings beside the address of the database, as the environment names them. */
  readonly env?: Environment;
  readonly overrides?: Overrides;
  /** A database to use instead of a fresh one, such as a copy. */
  readonly database?: TestDatabase;
};

/** A context as the service makes it, on a database of its own and with a clock that the test sets. It has no worker. */
export async function createTestContext({ env, overrides, database }: TestContextOptions = {}): Promise<TestContext> {
  const own = database ?? (await createTestDatabase());
  const clock = createTestClock();
  const config = readConfig({
    DATABASE_URL: own.url,
    MUSTER_WORKER: 'false',
    MUSTER_LOG_LEVEL: 'silent',
    MUSTER_DATABASE_POOL: '5',
    ...env,
  });
  const context = await createContext(config, createLog(config.logLevel), { clock, ...overrides });
  return {
    context,
    database: own,
    clock,
    restore: () => currentRestore(context.database.pool),
    async close() {
      await context.destroy();
      await own.drop();
    },
  };
}
