import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { connectDatabase, type Database, type Executor } from '../../src/db/client.ts';
import type { TestDatabase } from './test-database.ts';

type HeldTransaction<Result> = {
  /** Result of the work before it was held. */
  readonly result: Result;
  commit(): Promise<void>;
};

/** Does the work in a transaction, and keeps that open until it is told to commit. */
export async function holdTransaction<Result>(
  database: Database,
  work: (tx: Executor) => Promise<Result>,
): Promise<HeldTransaction<Result>> {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let over: Promise<unknown> = Promise.resolve();
  const result = await new Promise<Result>((resolve, reject) => {
    over = database
      .transact(async (tx) => {
        resolve(await work(tx));
        await released;
      })
      .catch(reject);
  });
  return {
    result,
    async commit() {
      release();
      await over;
    },
  };
}

/** A database whose transactions are all part of one that is under way. */
export function within(database: Database, tx: Executor): Database {
  return { ...database, pool: tx, transact: (work) => work(tx), read: (statement) => statement(tx) };
}

/** Other connections to a test's database, as another instance of the service has them. */
export function connectTo(database: TestDatabase): Database {
  return connectDatabase(database.url, { poolSize: 3, applicationName: 'muster-test' });
}

/** Resolves when so many sessions of a database wait for a lock. */
export async function untilWaiting(database: Database, count = 1): Promise<void> {
  for (;;) {
    const [row] = await database.pool.execute<{ waiting: string }>(sql`
      SELECT count(*) AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`);
    if (Number(row?.waiting) >= count) return;
    await sleep(10);
  }
}

/** Resolves when something is so. A test that waits in vain runs into its time limit. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(10);
}
