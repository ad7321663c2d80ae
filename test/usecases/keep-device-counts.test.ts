import { sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { summariseDevices as countNow } from '../../src/db/device-summary.ts';
import { deviceListSchema } from '../../src/domain/resources/device.ts';
import { fleetSchema, type FleetRequest } from '../../src/domain/resources/fleet.ts';
import { createFleet } from '../../src/usecases/create-fleet.ts';
import { keepDeviceCounts } from '../../src/usecases/keep-device-counts.ts';
import { summariseDevices } from '../../src/usecases/summarise-devices.ts';
import { documentOf, fleetRequest } from '../support/documents.ts';
import { emptyDatabase } from '../support/empty-database.ts';
import { by, FleetFixture } from '../support/fleet-fixture.ts';
import { useApi } from '../support/use-fleet.ts';

const { here, api } = await useApi();
const fleet = new FleetFixture(here);
const never = new AbortController().signal;

beforeEach(() => emptyDatabase(here));

/** Makes the service take the fleet for one of many devices: the number that is kept of it says so. */
async function asLarge(): Promise<void> {
  await here.context.database.pool.execute(
    sql`UPDATE restores SET total = 1000000 WHERE id = (SELECT current_restore FROM service_state)`,
  );
}

/** Devices in various states, put in by one statement. */
async function manyDevices(count: number): Promise<void> {
  const restore = await here.restore();
  const seen = here.clock.now().toISOString();
  await here.context.database.pool.execute(sql`
    WITH d AS (INSERT INTO devices (name, owner, created_at)
      SELECT 'd-' || n, CASE WHEN n % 3 > 0 THEN 'Fleet/f' || n % 3 END, now() FROM generate_series(1, ${count}) n RETURNING name)
    INSERT INTO device_positions (name, timeline, answered_restore_id, last_seen)
    SELECT name, ${restore}, ${restore}, CASE WHEN name LIKE '%7' THEN NULL ELSE ${seen}::timestamptz END FROM d`);
}

const count = () => keepDeviceCounts(here.context, never);
const summary = async () => await summariseDevices(here.context, {});

test('the devices of a large fleet are counted in steps, each once, and summaries say how old the numbers are', async () => {
  await manyDevices(25_000);
  await asLarge();
  const view = { restore: await here.restore(), now: here.clock.now(), disconnectedAfterMs: 300_000 };
  const exact = await countNow(here.context.database.pool, sql`true`, view);
  expect(exact.summaryStatus).toEqual({ Online: 22_500, Unknown: 2_500 });
  expect(await summary()).toEqual({ summary: exact, ageMs: undefined });
  await count();
  here.clock.advance(7_000);
  expect(await summary()).toEqual({ summary: exact, ageMs: 7_000 });
  const answer = await api.get('/devices?summaryOnly=true');
  expect(answer.headers['age']).toBe('7');
  expect(documentOf(answer, 200, deviceListSchema).summary).toEqual(exact);
});

test('a summary of chosen devices, and of a small fleet, is counted now', async () => {
  await fleet.running('a', 'b');
  await count();
  expect((await summary()).ageMs).toBeUndefined();
  await asLarge();
  await count();
  await fleet.create('c');
  await asLarge();
  expect((await summary()).summary.total).toBe(2);
  const chosen = await summariseDevices(here.context, { fieldSelector: 'metadata.name in (a,b,c)' });
  expect(chosen).toMatchObject({ summary: { total: 3 }, ageMs: undefined });
});

test('devices are counted anew when the numbers are half a minute old, and at once after a restore', async () => {
  await fleet.running('a');
  await asLarge();
  await count();
  await fleet.create('b');
  await asLarge();
  here.clock.advance(29_000);
  await count();
  expect((await summary()).summary.total).toBe(1);
  here.clock.advance(1_000);
  await count();
  expect((await summary()).summary.total).toBe(2);
  await fleet.declareRestore();
  await asLarge();
  expect(await summary()).toMatchObject({ summary: { summaryStatus: { AwaitingReconnect: 2 } }, ageMs: undefined });
  await count();
  expect(await summary()).toMatchObject({ summary: { summaryStatus: { AwaitingReconnect: 2 } }, ageMs: 0 });
});

test('numbers that nobody brought up to date for long are not used', async () => {
  await fleet.running('a');
  await asLarge();
  await count();
  here.clock.advance(10 * 60_000);
  expect((await summary()).ageMs).toBeUndefined();
});

test('fleets of many devices show the numbers that were kept, and small ones those of now', async () => {
  const request = fleetRequest('f1', { x: '1' }) as FleetRequest;
  await createFleet(here.context, { request, by });
  await manyDevices(30);
  await asLarge();
  await count();
  const shown = async () =>
    documentOf(await api.get('/fleets/f1?addDevicesSummary=true'), 200, fleetSchema).status?.devicesSummary?.total;
  await here.context.database.pool.execute(sql`UPDATE device_counts SET devices = 900 WHERE owner = 'Fleet/f1'`);
  expect(await shown()).toBe(10);
  await here.context.database.pool.execute(sql`UPDATE device_counts SET devices = 90000 WHERE owner = 'Fleet/f1'`);
  expect(await shown()).toBeGreaterThan(50_000);
});
