import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Database, Executor } from '../../src/db/client.ts';
import { currentRestore, ensureGenesis, holdRestore, lockForDeclaring, setCurrentRestore } from '../../src/db/fence.ts';
import { connectTo, holdTransaction, untilWaiting } from '../support/held-transactions.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const [genesis, next] = ['0190aaaa-0000-7000-8000-000000000001', '0190aaaa-0000-7000-8000-000000000002'] as const;

let own: TestDatabase;
/** Two instances, and a third to look at them. */
let one: Database;
let other: Database;
let observer: Database;

beforeAll(async () => {
  own = await createTestDatabase();
  [one, other, observer] = [connectTo(own), connectTo(own), connectTo(own)];
});

afterAll(async () => {
  await Promise.all([one, other, observer].map((database) => database.close()));
  await own.drop();
});

beforeEach(async () => {
  await observer.transact((tx) => ensureGenesis(tx, genesis, new Date()));
});

afterEach(async () => {
  await observer.pool.execute(sql`TRUNCATE restores, service_state CASCADE`);
});

async function declare(tx: Executor): Promise<string> {
  const before = await lockForDeclaring(tx);
  await setCurrentRestore(tx, next);
  return before;
}

describe('the fence', () => {
  test('lets work that holds the restore run side by side', async () => {
    const first = await holdTransaction(one, holdRestore);
    const second = await holdTransaction(other, holdRestore);
    expect([first.result, second.result]).toEqual([genesis, genesis]);
    await first.commit();
    await second.commit();
  });

  test('makes a declaration wait for the work that holds the restore', async () => {
    const work = await holdTransaction(one, holdRestore);
    const declaring = other.transact(declare);
    await untilWaiting(observer);
    expect(await currentRestore(observer.pool)).toBe(genesis);
    await work.commit();
    await declaring;
    expect(await currentRestore(observer.pool)).toBe(next);
  });

  test('makes later work wait for a declaration, and then see the new restore', async () => {
    const declaring = await holdTransaction(one, declare);
    const later = other.transact(holdRestore);
    await untilWaiting(observer);
    expect(await currentRestore(observer.pool)).toBe(genesis);
    await declaring.commit();
    expect(await later).toBe(next);
  });

  test('makes later work wait even for a declaration that still waits itself', async () => {
    const work = await holdTransaction(one, holdRestore);
    const declaring = other.transact(declare);
    await untilWaiting(observer);
    const later = one.transact(holdRestore);
    await untilWaiting(observer, 2);
    await work.commit();
    expect(await later).toBe(next);
    expect(await declaring).toBe(genesis);
  });

  test('holds off even who only changes the row, as a person at the database may', async () => {
    const work = await holdTransaction(one, holdRestore);
    const changing = other.transact((tx) => setCurrentRestore(tx, next));
    await untilWaiting(observer);
    expect(await currentRestore(observer.pool)).toBe(genesis);
    await work.commit();
    await changing;
    expect(await currentRestore(observer.pool)).toBe(next);
  });

  test('gives back what a failed declaration held, and changes nothing', async () => {
    const failing = one.transact(async (tx) => {
      await declare(tx);
      throw new Error('killed');
    });
    await expect(failing).rejects.toThrow('killed');
    expect(await other.transact(holdRestore)).toBe(genesis);
  });

  test('lets a declaration through a steady stream of work', async () => {
    const stopping = new AbortController();
    let overlapped = 0;
    const stream = async (database: Database, offsetMs: number) => {
      await sleep(offsetMs);
      while (!stopping.signal.aborted) {
        await database.transact(async (tx) => {
          await holdRestore(tx);
          // Long enough that the next of the stream has begun before this one ends.
          await sleep(30);
        });
        overlapped += 1;
      }
    };
    const streams = [one, other].flatMap((database) => [
      stream(database, 0),
      stream(database, 10),
      stream(database, 20),
    ]);
    await sleep(60);
    const declaring = connectTo(own);
    await declaring.transact(declare);
    stopping.abort();
    await Promise.all(streams);
    await declaring.close();
    expect(overlapped).toBeGreaterThan(6);
  });
});

describe('the first timeline of a database', () => {
  test('is made once, however many instances start at the same time', async () => {
    await observer.pool.execute(sql`TRUNCATE restores, service_state CASCADE`);
    const ids = [11, 12, 13, 14].map((n) => `0190aaaa-0000-7000-8000-0000000000${n}`);
    await Promise.all(
      ids.map((id, at) => (at % 2 === 0 ? one : other).transact((tx) => ensureGenesis(tx, id, new Date()))),
    );
    const rows = await observer.pool.execute<{ id: string; settled: boolean }>(
      sql`SELECT id, genesis AND settled_at IS NOT NULL AS settled FROM restores`,
    );
    expect(rows.map(({ settled }) => settled)).toEqual([true]);
    expect(await currentRestore(observer.pool)).toBe(rows[0]?.id);
  });

  test('is missing where nobody made it, which is an error and not a restore', async () => {
    await observer.pool.execute(sql`TRUNCATE restores, service_state CASCADE`);
    await expect(currentRestore(observer.pool)).rejects.toThrow('service_state must hold one row');
    await expect(one.transact(holdRestore)).rejects.toThrow('service_state must hold one row');
  });
});
