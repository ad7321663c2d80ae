import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { WalMark } from '../../src/bus/wal-mark.ts';
import { readDatabaseIdentity } from '../../src/db/database-identity.ts';
import { verifyDatabase } from '../../src/usecases/notice-restore.ts';
import { readRestores } from '../../src/usecases/read-restores.ts';
import { emptyDatabase } from '../support/empty-database.ts';
import { redisDatabase } from '../support/redis-server.ts';
import { requireRedis } from '../support/test-database.ts';
import { createTestContext, type TestContext } from '../support/test-context.ts';

let here: TestContext;

beforeAll(async () => {
  here = await createTestContext({ env: { REDIS_URL: await redisDatabase(requireRedis(), 10) } });
});

afterAll(async () => {
  await here.close();
});

beforeEach(async () => {
  await emptyDatabase(here);
  await verifyDatabase(here.context);
});

const log = async () => {
  const { identity, walPosition } = await readDatabaseIdentity(here.context.database.pool);
  return { name: `${identity.systemIdentifier}:${identity.walTimeline}`, position: walPosition };
};
const write = async () => {
  await here.context.database.pool.execute(sql`SELECT pg_logical_emit_message(true, 'test', repeat('x', 10000))`);
};
const declared = async () =>
  (await readRestores(here.context, { limit: 10, after: undefined })).items.map(({ spec }) => spec.reason);

test('a log that is behind where it has been declares a restore, once', async () => {
  const { name, position } = await log();
  await here.context.walMark.write(name, position + 1_000_000_000n);
  await verifyDatabase(here.context);
  await verifyDatabase(here.context);
  expect(await declared()).toEqual([expect.stringContaining('its write-ahead log is at byte')]);
});

test('a mark that another instance moved after this one had read the position is no alarm', async () => {
  const { walMark } = here.context;
  let isLate = true;
  /** Redis answers late the first time: by then the database has gone on, and the other instance has seen it. */
  const late: WalMark = {
    ...walMark,
    async read(name) {
      if (isLate) {
        isLate = false;
        await write();
        await walMark.write(name, (await log()).position);
      }
      return await walMark.read(name);
    },
  };
  await verifyDatabase({ ...here.context, walMark: late });
  expect({ isLate, declared: await declared() }).toEqual({ isLate: false, declared: [] });
});
