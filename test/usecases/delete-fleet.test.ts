import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Database } from '../../src/db/client.ts';
import type { DeviceRequest } from '../../src/domain/resources/device.ts';
import type { FleetRequest } from '../../src/domain/resources/fleet.ts';
import { createDevice } from '../../src/usecases/create-device.ts';
import { createFleet } from '../../src/usecases/create-fleet.ts';
import { deleteFleet, finishDeletion, finishDeletions } from '../../src/usecases/delete-fleet.ts';
import { patchFleet } from '../../src/usecases/patch-fleet.ts';
import { readDevice } from '../../src/usecases/read-device.ts';
import { readFleet } from '../../src/usecases/read-fleet.ts';
import { replaceDevice } from '../../src/usecases/replace-device.ts';
import { replaceFleet } from '../../src/usecases/replace-fleet.ts';
import { rollOutPending } from '../../src/usecases/roll-out-fleet.ts';
import { deviceRequest, fleetRequest } from '../support/documents.ts';
import { deviceRow } from '../support/table-rows.ts';
import { createTestContext, type TestContext } from '../support/test-context.ts';

let here: TestContext;
const by = { actor: 'user:ada' };
const never = new AbortController().signal;
const devices = 1_200;

beforeEach(async () => {
  here = await createTestContext();
});

afterEach(async () => {
  await here.close();
});

const fleet = (name: string, image: string) =>
  createFleet(here.context, { request: fleetRequest(name, { site: 'north' }, image) as FleetRequest, by });
const rollOut = () => rollOutPending(here.context, never);

/** A fleet of more devices than leave it in one step, rolled out. */
async function largeFleet(): Promise<void> {
  const restore = await here.restore();
  await here.context.database.pool.execute(sql`
    WITH d AS (INSERT INTO devices (name, labels, created_at)
      SELECT 'd-' || lpad(n::text, 5, '0'), '{"site": "north"}', now() FROM generate_series(1, ${devices}) n RETURNING name)
    INSERT INTO device_positions (name, timeline, answered_restore_id) SELECT name, ${restore}, ${restore} FROM d`);
  await here.context.database.pool.execute(sql`UPDATE restores SET total = total + ${devices} WHERE id = ${restore}`);
  await fleet('north', 'os:1');
  await rollOut();
}

/** A database that ends like a killed process before a transaction. */
function dyingBefore(transaction: number): Database {
  const { database } = here.context;
  let begun = 0;
  return {
    ...database,
    async transact(work) {
      begun += 1;
      if (begun === transaction) throw new Error('the process was killed');
      return await database.transact(work);
    },
  };
}

async function deleteUntilKilled(): Promise<void> {
  const dying = { ...here.context, database: dyingBefore(3) };
  await expect(deleteFleet(dying, { name: 'north', by })).rejects.toThrow('killed');
}

async function owners(): Promise<Record<string, number>> {
  const rows = await here.context.database.pool.execute<{ owner: string | null; count: string }>(
    sql`SELECT owner, count(*) FROM devices GROUP BY owner`,
  );
  return Object.fromEntries(rows.map(({ owner, count }) => [owner ?? 'none', Number(count)]));
}

async function specs(): Promise<unknown> {
  return await here.context.database.pool.execute(
    sql`SELECT d.spec, p.wanted_generation AS wanted, count(*)::int FROM devices d JOIN device_positions p USING (name) GROUP BY 1, 2`,
  );
}

test('a fleet of many devices is gone when all have left it, each with the spec it had', async () => {
  await largeFleet();
  const before = await specs();
  expect(await deleteFleet(here.context, { name: 'north', by })).toBe('deleted');
  expect(await owners()).toEqual({ none: devices });
  expect(await specs()).toEqual(before);
  await expect(readFleet(here.context, 'north')).rejects.toThrow('there is no fleet');
});

test('a deletion that was killed half way is seen as begun, and goes on to the end', async () => {
  await largeFleet();
  const before = await specs();
  await deleteUntilKilled();
  expect(await owners()).toEqual({ none: 500, 'Fleet/north': 700 });
  const begun = await readFleet(here.context, 'north');
  expect(begun.metadata.deletionTimestamp).toBe(here.clock.now().toISOString());
  expect(begun.status?.conditions).toContainEqual(
    expect.objectContaining({
      type: 'RolloutInProgress',
      status: 'False',
      message: expect.stringContaining('deleted') as unknown,
    }),
  );
  await finishDeletions(here.context, never);
  expect(await owners()).toEqual({ none: devices });
  expect(await specs()).toEqual(before);
  await expect(readFleet(here.context, 'north')).rejects.toThrow('there is no fleet');
  const events = await here.context.database.pool.execute(
    sql`SELECT actor FROM events WHERE reason = 'ResourceDeleted' AND involved_kind = 'Fleet'`,
  );
  expect([...events]).toEqual([{ actor: 'user:ada' }]);
});

test('nothing new comes from a fleet that is being deleted, and nobody can change it', async () => {
  await largeFleet();
  // A template that had not reached anybody when the deletion began does not reach them any more.
  await replaceFleet(here.context, {
    name: 'north',
    request: fleetRequest('north', { site: 'north' }, 'os:2') as FleetRequest,
    by,
  });
  const before = await specs();
  await deleteUntilKilled();
  expect(await rollOut()).toBe(0);
  expect(await specs()).toEqual(before);
  const labels = { site: 'north' };
  await createDevice(here.context, { request: deviceRequest('new', { labels }) as DeviceRequest, by });
  expect(await deviceRow(here.context, 'new')).toMatchObject({ owner: null, spec: {} });
  const edited = deviceRequest('d-01200', { labels: { ...labels, more: 'yes' } }) as DeviceRequest;
  await replaceDevice(here.context, { name: 'd-01200', request: edited, by });
  expect(await deviceRow(here.context, 'd-01200')).toMatchObject({ owner: null });
  expect((await readDevice(here.context, 'd-01200')).spec).toMatchObject({ os: { image: 'os:1' } });

  const change = { code: 'conflict', message: expect.stringContaining('is being deleted') as unknown };
  const request = fleetRequest('north', labels, 'os:3') as FleetRequest;
  await expect(fleet('north', 'os:3')).rejects.toMatchObject(change);
  await expect(replaceFleet(here.context, { name: 'north', request, by })).rejects.toMatchObject(change);
  await expect(patchFleet(here.context, { name: 'north', patch: [], by })).rejects.toMatchObject(change);
  expect(await deleteFleet(here.context, { name: 'north', by })).toBe('deleted');
  expect(await owners()).toEqual({ none: devices + 1 });
});

test('devices that another fleet matches get its template as they leave, and each once', async () => {
  await largeFleet();
  await fleet('other', 'os:9');
  await rollOut();
  await deleteUntilKilled();
  expect(await owners()).toEqual({ 'Fleet/other': 500, 'Fleet/north': 700 });
  // Two instances go on with it at the same time.
  await Promise.all([
    finishDeletion(here.context, 'north', never),
    finishDeletion(here.context, 'north', never),
    finishDeletions(here.context, never),
  ]);
  expect(await owners()).toEqual({ 'Fleet/other': devices });
  expect(await specs()).toEqual([{ spec: { os: { image: 'os:9' } }, wanted: '3', count: devices }]);
  const [resolved] = await here.context.database.pool.execute<{ count: string }>(
    sql`SELECT count(*) FROM events WHERE reason = 'DeviceMultipleOwnersResolved'`,
  );
  expect(Number(resolved?.count)).toBe(devices);
});

test('a deletion that is told to stop leaves the rest for later', async () => {
  await largeFleet();
  await deleteUntilKilled();
  expect(await finishDeletion(here.context, 'north', AbortSignal.abort())).toBe(false);
  expect(await owners()).toEqual({ none: 500, 'Fleet/north': 700 });
});
