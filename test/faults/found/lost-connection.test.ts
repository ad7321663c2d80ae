import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectDatabase, type Database } from '../../../src/db/client.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';
import { isUnreachable } from '../../../src/db/failures.ts';
import postgres from 'postgres';

// Found by the fault rig on its first seed: PostgreSQL ended a connection in the middle of a transaction, the driver sent
// ROLLBACK on the socket that was gone, and the exception that nobody could catch ended the API process.

let testDatabase: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = connectDatabase(testDatabase.url, { poolSize: 2, applicationName: 'lost-connection' });
});

afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

it('fails a transaction whose connection is ended, and no more than that', async () => {
  const admin = postgres(testDatabase.url, { max: 1 });
  for (let round = 0; round < 5; round += 1) {
    const doomed = database.transact(async (tx) => {
      await Promise.all([tx.execute(sql`SELECT 1`), tx.execute(sql`SELECT pg_sleep(20)`), tx.execute(sql`SELECT 2`)]);
    });
    const ended = doomed.catch((error: unknown) => error);
    await expect
      .poll(
        async () =>
          (
            await admin`
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name = 'lost-connection' AND query LIKE '%pg_sleep%' AND state = 'active'`
          ).length,
      )
      .toBeGreaterThan(0);
    expect(isUnreachable(await ended)).toBe(true);
    await expect(database.transact((tx) => tx.execute(sql`SELECT 3 AS three`))).resolves.toMatchObject([{ three: 3 }]);
  }
  await admin.end();
});

it('fails a transaction whose connection is ended while it does something else, and no more than that', async () => {
  const admin = postgres(testDatabase.url, { max: 1 });
  const doomed = database.transact(async (tx) => {
    const [row] = await tx.execute<{ pid: number }>(sql`SELECT pg_backend_pid() AS pid`);
    await admin`SELECT pg_terminate_backend(${row?.pid ?? 0})`;
    await new Promise((done) => setTimeout(done, 200));
    await tx.execute(sql`SELECT 1`);
  });
  await expect(doomed).rejects.toSatisfy(isUnreachable);
  await expect(database.transact((tx) => tx.execute(sql`SELECT 3 AS three`))).resolves.toMatchObject([{ three: 3 }]);
  await admin.end();
});

// Seed 180004: the work of a transaction failed for a reason of its own just after its connection had been ended.
it.each([
  ['gives up', 0],
  ['gives up', 5],
  ['gives up', 200],
  ['is done', 0],
  ['is done', 200],
] as const)(
  'fails a transaction whose work %s %i ms after its connection was ended, and no more than that',
  async (how, ms) => {
    const admin = postgres(testDatabase.url, { max: 1 });
    // New connections: in one that was used for a while the driver sends nothing, and hangs instead of ending the process.
    const fresh = connectDatabase(testDatabase.url, { poolSize: 2, applicationName: 'lost-connection' });
    const doomed = fresh.transact(async (tx) => {
      const [row] = await tx.execute<{ pid: number }>(sql`SELECT pg_backend_pid() AS pid`);
      await admin`SELECT pg_terminate_backend(${row?.pid ?? 0})`;
      await new Promise((done) => setTimeout(done, ms));
      if (how === 'gives up') throw new Error('enough');
    });
    // Which of the two comes first is chance, if they come together.
    const expected = (error: unknown) =>
      isUnreachable(error) || (how === 'gives up' && ms < 200 && String(error) === 'Error: enough');
    await expect(doomed).rejects.toSatisfy(expected);
    // What would end the process comes in a later turn.
    await new Promise((done) => setTimeout(done, 100));
    await expect(fresh.transact((tx) => tx.execute(sql`SELECT 3 AS three`))).resolves.toMatchObject([{ three: 3 }]);
    await fresh.close();
    await admin.end();
  },
);

it('uses no connection again that was open when another one was lost', async () => {
  const admin = postgres(testDatabase.url, { max: 1 });
  const pidOf = async () => (await database.pool.execute<{ pid: number }>(sql`SELECT pg_backend_pid() AS pid`))[0]?.pid;
  const before = await Promise.all(
    [1, 2].map(() => database.transact((tx) => tx.execute<{ pid: number }>(pidAfterAWhile))),
  );
  const pids = before.map(([row]) => row?.pid);
  await admin`SELECT pg_terminate_backend(${pids[0] ?? 0})`;

  await expect.poll(async () => pids.includes(await pidOf().catch(() => pids[0]))).toBe(false);
  for (let query = 0; query < 10; query += 1) expect(pids).not.toContain(await pidOf());

  await admin.end();
});

/** Slow enough that two of them need a connection each. */
const pidAfterAWhile = sql`SELECT pg_backend_pid() AS pid, pg_sleep(0.2)`;
