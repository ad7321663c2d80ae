import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Database } from '../../src/db/client.ts';
import { countRowsAfter } from '../../src/db/rows-after.ts';
import { decommissionDevice } from '../../src/usecases/decommission-device.ts';
import { listDevices } from '../../src/usecases/list-devices.ts';
import { by } from '../support/fleet-fixture.ts';
import { useFleet } from '../support/use-fleet.ts';

const { here, fleet } = await useFleet();
const first = { limit: 10, after: undefined };
const awaiting = { fieldSelector: 'status.summary.status=AwaitingReconnect' };

/** A database on which something happens right before the statement of a number. */
function interrupted(before: number, happens: () => Promise<unknown>): Database & { statements: number } {
  const { database } = here.context;
  const counting = {
    ...database,
    statements: 0,
    async read<Result>(statement: Parameters<typeof database.read<Result>>[0]): Promise<Result> {
      counting.statements += 1;
      if (counting.statements === before) await happens();
      return await database.read(statement);
    },
  };
  return counting;
}

test('a page is read by one statement, and by another where a restore was declared meanwhile', async () => {
  await fleet.running('a', 'b');
  const quiet = interrupted(0, async () => undefined);
  expect((await listDevices({ ...here.context, database: quiet }, awaiting, first)).items).toEqual([]);
  expect(quiet.statements).toBe(2);
  const declared = interrupted(2, () => fleet.declareRestore());
  const { items } = await listDevices({ ...here.context, database: declared }, awaiting, first);
  expect(items.map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
  expect(declared.statements).toBe(4);
});

test('restores that are declared without end end the reading of a page with 503', async () => {
  await fleet.running('a');
  const { database } = here.context;
  let statements = 0;
  const restless: Database = {
    ...database,
    async read(statement) {
      statements += 1;
      if (statements % 2 === 0) await fleet.declareRestore();
      return await database.read(statement);
    },
  };
  await expect(listDevices({ ...here.context, database: restless }, awaiting, first)).rejects.toMatchObject({
    status: 503,
  });
});

test('devices are selected by their gate alone as by any other field', async () => {
  await fleet.paused('paused');
  await fleet.running('open');
  await fleet.create('gone');
  await decommissionDevice(here.context, { name: 'gone', target: 'Unenroll', by });
  const named = async (fieldSelector: string) =>
    (await listDevices(here.context, { fieldSelector }, first)).items.map(({ metadata }) => metadata.name);
  const status = 'status.summary.status';
  expect(await named(`${status}=ConflictPaused`)).toEqual(['paused']);
  expect(await named(`${status}!=ConflictPaused`)).toEqual(['gone', 'open']);
  expect(await named(`${status}=AwaitingReconnect`)).toEqual([]);
  await fleet.declareRestore();
  await fleet.report('open', await fleet.rendered('open'));
  expect(await named(`${status}=AwaitingReconnect`)).toEqual(['paused']);
  expect(await named(`${status}=AwaitingReconnect,metadata.name=open`)).toEqual([]);
  expect(await named(`${status} in (AwaitingReconnect, ConflictPaused)`)).toEqual(['paused']);
  expect(await named(`${status}=AwaitingReconnect,${status}=ConflictPaused`)).toEqual([]);
  expect(await named(`${status}=ConflictPaused`)).toEqual([]);
  expect(await named(`${status}!=AwaitingReconnect`)).toEqual(['gone', 'open']);
});

test('items after a page are counted up to a thousand, and estimated above', async () => {
  const restore = await here.restore();
  await here.context.database.pool.execute(sql`
    WITH d AS (INSERT INTO devices (name, created_at)
      SELECT 'd-' || lpad(n::text, 5, '0'), now() FROM generate_series(1, 20000) n RETURNING name)
    INSERT INTO device_positions (name, timeline, answered_restore_id) SELECT name, ${restore}, ${restore} FROM d`);
  await here.context.database.pool.execute(sql`ANALYZE devices`);
  const { pool } = here.context.database;
  expect(await countRowsAfter(pool, 'devices', 'd-19990')).toBe(10);
  expect(await countRowsAfter(pool, 'devices', 'd-19000')).toBe(1_000);
  const estimate = await countRowsAfter(pool, 'devices', 'd-05000');
  expect(estimate).toBeGreaterThan(14_000);
  expect(estimate).toBeLessThan(16_000);
  const { remaining } = await listDevices(here.context, {}, first);
  expect(remaining).toBeGreaterThan(19_000);
  expect((await listDevices(here.context, {}, { limit: 5, after: 'd-19990' })).remaining).toBe(5);
});
