import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { connectDatabase, type Database, type Executor } from '../../src/db/client.ts';
import { postgresErrorIn } from '../../src/db/failures.ts';
import { prepared } from '../../src/db/driver/prepared-statements.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

let own: TestDatabase;
/** One connection, and another one for each test: what it has not seen yet is described before it is run. */
let database: Database;

beforeAll(async () => {
  own = await createTestDatabase();
});

afterAll(async () => {
  await own.drop();
});

beforeEach(async () => {
  database = connectDatabase(own.url, { poolSize: 1, applicationName: 'transaction-end' });
  await database.pool.execute(sql`CREATE TABLE notes (number int CHECK (number < 100))`);
});

afterEach(async () => {
  await database.pool.execute(sql`DROP TABLE notes`);
  await database.close();
});

/** Prepares statements: one that the connection has seen before is sent at once, and nothing overtakes it. */
const known = async (db: Executor, number: number) =>
  await db.execute(sql`${prepared}INSERT INTO notes VALUES (${number}::int)`);
const note = async (tx: Executor, number: number) => await tx.execute(sql`INSERT INTO notes VALUES (${number}::int)`);
const notes = async () => await database.pool.execute(sql`SELECT number FROM notes`);

test('nothing stays of what was sent beside a statement that fails', async () => {
  const transaction = database.transact(
    async (tx) => await Promise.all([note(tx, 100), note(tx, 2), note(tx, 3), note(tx, 4)]),
  );
  await expect(transaction).rejects.toMatchObject({ cause: { code: '23514' } });
  expect(await notes()).toEqual([]);
});

test('a transaction fails with what failed first, though another part is told sooner that it is aborted', async () => {
  await expect(known(database.pool, 100)).rejects.toThrow('Failed query');
  await known(database.pool, 0);
  const transaction = database.transact(async (tx) => {
    const told = async () => {
      await Promise.all([known(tx, 100), known(tx, 1)]);
    };
    const toldLater = async () => {
      await told();
    };
    await Promise.all([toldLater(), known(tx, 2)]);
  });
  const error = await transaction.catch((failure: unknown) => failure);
  expect(postgresErrorIn(error)?.code).toBe('23514');
});

test('a part of the work that goes on after another has given up leaves nothing behind', async () => {
  await known(database.pool, 0);
  await database.pool.execute(sql`TRUNCATE notes`);
  const transaction = database.transact(async (tx) => {
    const giveUp = async () => {
      await known(tx, 1);
      throw new Error('enough');
    };
    const goOn = async () => {
      await sleep(20);
      await known(tx, 2);
    };
    await Promise.all([giveUp(), tx.execute(sql`SELECT pg_sleep(0.1)`), goOn()]);
  });
  await expect(transaction).rejects.toThrow('enough');
  expect(await notes()).toEqual([]);
});

test('a transaction that is over takes no statement any more', async () => {
  const kept = await database.transact(async (tx) => tx);
  await expect(note(kept, 1)).rejects.toMatchObject({ cause: { message: expect.stringContaining('after the end') } });
  expect(await notes()).toEqual([]);
});
