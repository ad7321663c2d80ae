import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createLocalMarks, type HighWaterMarks } from '../../src/bus/high-water-marks.ts';
import { readDatabaseIdentity } from '../../src/db/database-identity.ts';
import { declareRestore } from '../../src/usecases/declare-restore.ts';
import { readRestores } from '../../src/usecases/read-restores.ts';
import { verifyDatabase, type Unanswered } from '../../src/usecases/verify-database.ts';
import { emptyDatabase } from '../support/empty-database.ts';
import { redisDatabase } from '../support/redis-server.ts';
import { requireRedis } from '../support/test-database.ts';
import { createTestContext, type TestContext } from '../support/test-context.ts';

let here: TestContext;
let redis: string;

beforeAll(async () => {
  redis = await redisDatabase(requireRedis(), 10);
  here = await createTestContext({ env: { REDIS_URL: redis } });
  await here.context.marks.ready(5_000);
});

afterAll(async () => {
  await here.close();
});

beforeEach(async () => {
  await redisDatabase(redis, 10);
  await emptyDatabase(here);
  await verifyDatabase(here.context);
});

const log = async () => {
  const { identity, walPosition } = await readDatabaseIdentity(here.context.database.pool);
  return { name: `wal:${identity.systemIdentifier}:${identity.walTimeline}`, position: walPosition };
};
const write = async () => {
  await here.context.database.pool.execute(sql`SELECT pg_logical_emit_message(true, 'test', repeat('x', 10000))`);
};
const declared = async () =>
  (await readRestores(here.context, { limit: 10, after: undefined })).items.map(({ spec }) => spec.reason);
const putRowsBack = async () => {
  await here.context.database.pool.execute(sql`UPDATE database_age SET looks = 0`);
};
const byPerson = (reason: string) => declareRestore(here.context, { reason, by: { actor: 'user:test' } });

/** Redis that gives no answer until it is told to. */
function silentMarks(): { marks: HighWaterMarks; answer: () => void } {
  let isSilent = true;
  const { marks } = here.context;
  return {
    marks: {
      ...marks,
      read: async (name) => (isSilent ? 'no answer' : await marks.read(name)),
      raise: async (name, value) => (isSilent ? undefined : await marks.raise(name, value)),
      replace: async (name, value) => !isSilent && (await marks.replace(name, value)),
    },
    answer: () => {
      isSilent = false;
    },
  };
}

describe('a database whose log is behind where it has been', () => {
  test('declares a restore, once', async () => {
    const { name, position } = await log();
    await here.context.marks.raise(name, position + 1_000_000_000n);
    await verifyDatabase(here.context);
    await verifyDatabase(here.context);
    expect(await declared()).toEqual([expect.stringContaining('its write-ahead log is at byte')]);
  });

  test('declares none where a person has declared it: it stays that person’s', async () => {
    const { name, position } = await log();
    await here.context.marks.raise(name, position + 1_000_000_000n);
    await byPerson('INC-1');
    await verifyDatabase(here.context);
    await verifyDatabase(here.context);
    expect(await declared()).toEqual(['INC-1']);
  });

  test('declares one after a restore that a person declared, if it falls behind again', async () => {
    await byPerson('INC-1');
    await verifyDatabase(here.context);
    const { name, position } = await log();
    await here.context.marks.raise(name, position + 1_000_000_000n);
    await verifyDatabase(here.context);
    expect(await declared()).toEqual([expect.stringContaining('its write-ahead log is at byte'), 'INC-1']);
  });

  test('is noticed once Redis answers, although the log has passed the mark meanwhile', async () => {
    const { marks, answer } = silentMarks();
    const unanswered: Unanswered = new Map();
    await verifyDatabase({ ...here.context, marks }, unanswered);
    expect(await declared()).toEqual([]);
    const { name } = await log();
    const first = unanswered.get(name);
    if (first === undefined) throw new Error('the first look had an answer');
    // The mark is of before the first look, and higher: whatever else writes to the log of this server, it is exactly so.
    const old = { value: first.value + 1n, at: first.since - 1 };
    await write();
    answer();
    const read: HighWaterMarks['read'] = async (asked) => (asked === name ? old : await marks.read(asked));
    await verifyDatabase({ ...here.context, marks: { ...marks, read } }, unanswered);
    expect(await declared()).toEqual([expect.stringContaining('its write-ahead log is at byte')]);
  });

  test('is not suspected because another instance went on while Redis gave this one no answer', async () => {
    const { marks, answer } = silentMarks();
    const unanswered: Unanswered = new Map();
    await verifyDatabase({ ...here.context, marks }, unanswered);
    await write();
    await new Promise((done) => setTimeout(done, 5));
    await verifyDatabase(here.context);
    answer();
    await verifyDatabase({ ...here.context, marks }, unanswered);
    expect({ declared: await declared(), unanswered: unanswered.size }).toEqual({ declared: [], unanswered: 0 });
  });

  test('is not suspected because another instance moved the mark after this one had read the position', async () => {
    const { marks } = here.context;
    let isLate = true;
    /** Redis answers late the first time: by then the database has gone on, and the other instance has seen it. */
    const late: HighWaterMarks = {
      ...marks,
      async read(name) {
        if (isLate) {
          isLate = false;
          await write();
          await marks.raise((await log()).name, (await log()).position);
        }
        return await marks.read(name);
      },
    };
    await verifyDatabase({ ...here.context, marks: late });
    expect({ isLate, declared: await declared() }).toEqual({ isLate: false, declared: [] });
  });
});

test('rows that were put back declare a restore, once, although no log and no identity tells', async () => {
  await verifyDatabase(here.context);
  await verifyDatabase(here.context);
  await putRowsBack();
  await verifyDatabase(here.context);
  await verifyDatabase(here.context);
  expect(await declared()).toEqual([expect.stringContaining('its rows were put back')]);
});

test('rows that a dump without a schema brings back are noticed without Redis, at the first look of a process', async () => {
  const alone = await createTestContext();
  try {
    const { pool } = alone.context.database;
    const reasons = async () =>
      (await readRestores(alone.context, { limit: 10, after: undefined })).items.map(({ spec }) => spec.reason);
    const newProcess = () => ({ ...alone.context, marks: createLocalMarks() });
    await verifyDatabase(newProcess());
    await pool.execute(sql`VACUUM (FREEZE) database_age`);
    await pool.execute(sql`VACUUM FULL database_age`);
    await verifyDatabase(newProcess());
    expect(await reasons()).toEqual([]);
    // As pg_restore --data-only --clean does it: the tables stay, and with them their oids.
    await pool.execute(sql`CREATE TABLE dump AS SELECT * FROM database_age`);
    await pool.execute(sql`TRUNCATE database_age`);
    await pool.execute(sql`INSERT INTO database_age SELECT * FROM dump`);
    await verifyDatabase(newProcess());
    await verifyDatabase(newProcess());
    expect(await reasons()).toEqual([expect.stringContaining('they were written by another transaction')]);
  } finally {
    await alone.close();
  }
});

test('rows that were put back are not declared a second time where a person has declared it', async () => {
  await verifyDatabase(here.context);
  await putRowsBack();
  await byPerson('mine');
  await verifyDatabase(here.context);
  await verifyDatabase(here.context);
  expect(await declared()).toEqual(['mine']);
});

test('an identity that cannot be read counts as that of another database', async () => {
  await here.context.database.pool.execute(sql`UPDATE service_state SET database_identity = '{"database": 7}'`);
  await verifyDatabase(here.context);
  await verifyDatabase(here.context);
  expect(await declared()).toEqual([expect.stringContaining('cannot be read')]);
});

test('a mark is never lowered by raising it', async () => {
  const { marks } = here.context;
  await marks.raise('test', 99n);
  await marks.raise('test', 100n);
  await marks.raise('test', 99n);
  expect(await marks.read('test')).toMatchObject({ value: 100n });
});
