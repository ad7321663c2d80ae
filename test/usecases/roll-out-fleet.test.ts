import { sql } from 'drizzle-orm';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Database } from '../../src/db/client.ts';
import { deviceSchema, type DeviceRequest } from '../../src/domain/resources/device.ts';
import type { FleetRequest } from '../../src/domain/resources/fleet.ts';
import { acceptReports } from '../../src/usecases/accept-reports.ts';
import { createDevice } from '../../src/usecases/create-device.ts';
import { createFleet } from '../../src/usecases/create-fleet.ts';
import { declareRestore } from '../../src/usecases/declare-restore.ts';
import { deleteFleet } from '../../src/usecases/delete-fleet.ts';
import { readDevice } from '../../src/usecases/read-device.ts';
import { renderPending } from '../../src/usecases/render-devices.ts';
import { replaceDevice } from '../../src/usecases/replace-device.ts';
import { replaceFleet } from '../../src/usecases/replace-fleet.ts';
import { rollOutFleet, rollOutPending } from '../../src/usecases/roll-out-fleet.ts';
import { deviceRequest, fleetRequest } from '../support/documents.ts';
import { deviceRow, eventReasons, positionRow } from '../support/table-rows.ts';
import { createTestContext, type TestContext } from '../support/test-context.ts';

let here: TestContext;
const by = { actor: 'user:test' };

beforeEach(async () => {
  here = await createTestContext();
});

afterEach(async () => {
  await here.close();
});

type Labels = Record<string, string>;

const fleet = (name: string, labels: Labels, image?: string) =>
  createFleet(here.context, { request: fleetRequest(name, labels, image) as FleetRequest, by });
const changeFleet = (name: string, labels: Labels, image?: string) =>
  replaceFleet(here.context, { name, request: fleetRequest(name, labels, image) as FleetRequest, by });
const device = (name: string, labels: Labels = {}, spec: object = {}) =>
  createDevice(here.context, { request: deviceRequest(name, { labels, spec }) as DeviceRequest, by });
const relabel = (name: string, labels: Labels) =>
  replaceDevice(here.context, { name, request: deviceRequest(name, { labels }) as DeviceRequest, by });
const rollOut = () => rollOutPending(here.context, new AbortController().signal);
const render = () => renderPending(here.context, new AbortController().signal);

/** Many devices at once, as many single calls would have left them. */
async function manyDevices(count: number, labels: Labels): Promise<void> {
  const restore = await here.restore();
  await here.context.database.pool.execute(sql`
    WITH d AS (INSERT INTO devices (name, labels, created_at)
      SELECT 'd-' || lpad(n::text, 5, '0'), ${JSON.stringify(labels)}::jsonb, now() FROM generate_series(1, ${count}) n RETURNING name)
    INSERT INTO device_positions (name, timeline, answered_restore_id) SELECT name, ${restore}, ${restore} FROM d`);
  await here.context.database.pool.execute(sql`UPDATE restores SET total = total + ${count} WHERE id = ${restore}`);
}

async function ownerCounts(): Promise<Record<string, number>> {
  const rows = await here.context.database.pool.execute<{ owner: string | null; count: string }>(
    sql`SELECT owner, count(*) FROM devices GROUP BY owner`,
  );
  return Object.fromEntries(rows.map(({ owner, count }) => [owner ?? 'none', Number(count)]));
}

async function fleetGenerations(
  name: string,
): Promise<{ generation: string; rolled_out_generation: string } | undefined> {
  const [row] = await here.context.database.pool.execute<{ generation: string; rolled_out_generation: string }>(
    sql`SELECT generation, rolled_out_generation FROM fleets WHERE name = ${name}`,
  );
  return row;
}

describe('who owns a device', () => {
  test('is the one fleet that matches, from the moment that the device is made or labelled', async () => {
    await fleet('north', { site: 'north' });
    await fleet('south', { site: 'south' });
    await rollOut();
    await device('one', { site: 'north' });
    expect(await deviceRow(here.context, 'one')).toMatchObject({ owner: 'Fleet/north', matching_fleets: null });
    const before = Number((await positionRow(here.context, 'one'))?.wanted_generation);
    await relabel('one', { site: 'south' });
    expect(await deviceRow(here.context, 'one')).toMatchObject({ owner: 'Fleet/south' });
    await relabel('one', {});
    expect(await deviceRow(here.context, 'one')).toMatchObject({ owner: null });
    expect(Number((await positionRow(here.context, 'one'))?.wanted_generation)).toBe(before + 2);
    const [updated] = await here.context.database.pool.execute(
      sql`SELECT details FROM events WHERE involved_name = 'one' AND reason = 'ResourceUpdated' ORDER BY id LIMIT 1`,
    );
    expect(updated).toMatchObject({
      details: { updatedFields: ['labels', 'owner'], previousOwner: 'Fleet/north', newOwner: 'Fleet/south' },
    });
  });

  test('stays as it is where several match, which is told once for each change of the set', async () => {
    await fleet('a', { x: '1' });
    await fleet('b', { y: '1' });
    await fleet('c', { z: '1' });
    await rollOut();
    await device('one', { x: '1' });
    const multipleOwners = async () =>
      deviceSchema
        .parse(await readDevice(here.context, 'one'))
        .status?.conditions.filter(({ type }) => type === 'MultipleOwners');
    const created = here.clock.now().toISOString();
    expect(await multipleOwners()).toMatchObject([{ status: 'False', message: '', lastTransitionTime: created }]);
    here.clock.advance(1_000);
    const began = here.clock.now().toISOString();
    await relabel('one', { x: '1', y: '1' });
    expect(await deviceRow(here.context, 'one')).toMatchObject({ owner: 'Fleet/a', matching_fleets: ['a', 'b'] });
    expect(await multipleOwners()).toMatchObject([{ status: 'True', message: 'a,b', lastTransitionTime: began }]);
    here.clock.advance(1_000);
    await relabel('one', { x: '1', y: '1', other: 'label' });
    await relabel('one', { x: '1', y: '1', z: '1' });
    expect(await multipleOwners()).toMatchObject([{ status: 'True', message: 'a,b,c', lastTransitionTime: began }]);
    await relabel('one', { z: '1' });
    expect(await deviceRow(here.context, 'one')).toMatchObject({ owner: 'Fleet/c', matching_fleets: null });
    const ceased = here.clock.now().toISOString();
    expect(await multipleOwners()).toMatchObject([{ status: 'False', message: '', lastTransitionTime: ceased }]);
    // A fleet that is rolled out decides of many devices at once.
    here.clock.advance(1_000);
    await fleet('d', { z: '1' });
    await rollOut();
    const again = here.clock.now().toISOString();
    expect(await multipleOwners()).toMatchObject([{ status: 'True', message: 'c,d', lastTransitionTime: again }]);
    await deleteFleet(here.context, { name: 'd', by });
    const told = (await eventReasons(here.context, 'one')).filter((reason) => reason.startsWith('DeviceMultiple'));
    expect(told).toEqual([
      'DeviceMultipleOwnersDetected',
      'DeviceMultipleOwnersDetected',
      'DeviceMultipleOwnersResolved',
      'DeviceMultipleOwnersDetected',
      'DeviceMultipleOwnersResolved',
    ]);
  });

  test('is nobody for a fleet that selects nothing', async () => {
    const request = { ...fleetRequest('idle', {}), spec: { template: { spec: {} } } };
    await createFleet(here.context, { request: request as FleetRequest, by });
    await fleet('empty', {});
    await device('one', { site: 'north' });
    await rollOut();
    expect(await deviceRow(here.context, 'one')).toMatchObject({ owner: null, matching_fleets: null });
  });

  test('is never a fleet that is gone, though others still dispute the device', async () => {
    await fleet('a', { x: '1' });
    await rollOut();
    await device('one', { x: '1', y: '1', z: '1' });
    await fleet('b', { y: '1' });
    await fleet('c', { z: '1' });
    await rollOut();
    expect(await deviceRow(here.context, 'one')).toMatchObject({ owner: 'Fleet/a', matching_fleets: ['a', 'b', 'c'] });
    await deleteFleet(here.context, { name: 'a', by });
    expect(await deviceRow(here.context, 'one')).toMatchObject({ owner: null, matching_fleets: ['b', 'c'] });
    await deleteFleet(here.context, { name: 'b', by });
    expect(await deviceRow(here.context, 'one')).toMatchObject({ owner: 'Fleet/c', matching_fleets: null });
  });

  test('is the same however devices and fleets are made, changed and deleted at the same time', async () => {
    const label = fc.constantFrom('p', 'q', 'r');
    const change = fc.oneof(
      fc.record({ kind: fc.constant('fleet' as const), name: fc.constantFrom('f1', 'f2', 'f3'), by: label }),
      fc.record({ kind: fc.constant('unfleet' as const), name: fc.constantFrom('f1', 'f2', 'f3'), by: label }),
      fc.record({ kind: fc.constant('device' as const), name: fc.constantFrom('d1', 'd2', 'd3', 'd4'), by: label }),
      fc.record({ kind: fc.constant('rollout' as const), name: fc.constant('all'), by: label }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 6, maxLength: 16 }), async (changes) => {
        await Promise.all(
          changes.map(async ({ kind, name, by: value }) => {
            if (kind === 'fleet') await changeFleet(name, { by: value });
            if (kind === 'unfleet') await deleteFleet(here.context, { name, by }).catch(toleratedRace);
            if (kind === 'device') await relabel(name, { by: value }).catch(toleratedRace);
            if (kind === 'rollout') await rollOut();
          }),
        );
        await rollOut();
        await assertOwnersAreRight();
      }),
      { numRuns: 25 },
    );
  });

  /** To lose a race is an answer; anything else is not. */
  function toleratedRace(error: unknown): void {
    expect(error).toMatchObject({ name: 'MusterError', code: expect.stringMatching(/notFound|conflict/) });
  }

  async function assertOwnersAreRight(): Promise<void> {
    const wrong = await here.context.database.pool.execute(sql`
      WITH matching AS (
        SELECT d.name, d.owner, d.matching_fleets, coalesce(jsonb_agg(f.name ORDER BY f.name) FILTER (WHERE f.name IS NOT NULL), '[]') AS fleets
        FROM devices d LEFT JOIN fleets f ON d.labels @> (f.spec #> '{selector,matchLabels}') GROUP BY d.name)
      SELECT * FROM matching WHERE CASE jsonb_array_length(fleets)
        WHEN 0 THEN owner IS NOT NULL OR matching_fleets IS NOT NULL
        WHEN 1 THEN owner IS DISTINCT FROM 'Fleet/' || (fleets ->> 0) OR matching_fleets IS NOT NULL
        ELSE matching_fleets IS DISTINCT FROM fleets OR NOT (owner IS NULL OR EXISTS (SELECT FROM fleets g WHERE 'Fleet/' || g.name = owner)) END`);
    expect(wrong).toEqual([]);
  }
});

describe('a rollout', () => {
  test('brings the template to devices, which are rendered from it and keep it when the fleet goes', async () => {
    await device('one', { site: 'north' }, { os: { image: 'own:1' } });
    await render();
    await fleet('north', { site: 'north' }, 'fleet/{{ .metadata.name }}:1');
    expect(await rollOut()).toBe(1);
    await render();
    expect(await renderedImage('one')).toBe('fleet/one:1');
    await changeFleet('north', { site: 'north' }, 'fleet/{{ .metadata.name }}:2');
    expect(await rollOut()).toBe(1);
    await render();
    expect(await renderedImage('one')).toBe('fleet/one:2');
    expect(await positionRow(here.context, 'one')).toMatchObject({ version: '3' });
    await deleteFleet(here.context, { name: 'north', by });
    await render();
    expect(await renderedImage('one')).toBe('fleet/one:2');
    expect(await positionRow(here.context, 'one')).toMatchObject({ version: '3' });
    expect(await deviceRow(here.context, 'one')).toMatchObject({
      owner: null,
      spec: { os: { image: 'fleet/one:2' } },
      template_generation: null,
    });
  });

  async function renderedImage(name: string): Promise<string | undefined> {
    const [row] = await here.context.database.pool.execute<{ image: string }>(sql`
      SELECT r.spec #>> '{os,image}' AS image FROM device_positions p JOIN rendered_specs r ON r.hash = p.spec_hash WHERE p.name = ${name}`);
    return row?.image;
  }

  test('of a new selector takes devices in and lets others go', async () => {
    await device('one', { site: 'north' });
    await device('two', { site: 'south' });
    await fleet('f', { site: 'north' });
    await rollOut();
    expect(await ownerCounts()).toEqual({ 'Fleet/f': 1, none: 1 });
    await changeFleet('f', { site: 'south' });
    await rollOut();
    expect(await deviceRow(here.context, 'one')).toMatchObject({ owner: null });
    expect(await deviceRow(here.context, 'two')).toMatchObject({ owner: 'Fleet/f' });
  });

  test('reaches devices whose gate is not open too, and keeps their conflicts', async () => {
    await device('one', { site: 'north' });
    await acceptReports(here.context, [{ device: 'one', position: { timeline: null, version: 5, specHash: null } }]);
    await fleet('north', { site: 'north' });
    expect(await rollOut()).toBe(0);
    expect(await deviceRow(here.context, 'one')).toMatchObject({ owner: 'Fleet/north' });
    expect(await positionRow(here.context, 'one')).toMatchObject({ wanted_generation: '2', conflict_verdict: 'Ahead' });
    expect(await render()).toBe(0);
  });

  test('that a crash cuts short is taken up by the next, and completed once', async () => {
    await manyDevices(1_200, { site: 'north' });
    await fleet('north', { site: 'north' });
    const restore = await here.restore();
    let transactions = 0;
    const crashing: Database = {
      ...here.context.database,
      transact: (work) => {
        transactions += 1;
        return transactions > 2 ? Promise.reject(new Error('killed')) : here.context.database.transact(work);
      },
    };
    await expect(rollOutFleet({ ...here.context, database: crashing }, { restore, fleet: 'north' })).rejects.toThrow(
      'killed',
    );
    expect(await ownerCounts()).toEqual({ 'Fleet/north': 1_000, none: 200 });
    expect(await fleetGenerations('north')).toMatchObject({ generation: '1', rolled_out_generation: '0' });
    await rollOut();
    expect(await ownerCounts()).toEqual({ 'Fleet/north': 1_200 });
    expect(await fleetGenerations('north')).toMatchObject({ rolled_out_generation: '1' });
    expect(await rollOut()).toBe(0);
    expect(
      (await eventReasons(here.context, 'north')).filter((reason) => reason === 'FleetRolloutCompleted'),
    ).toHaveLength(1);
    expect(await eventReasons(here.context, 'd-00001')).toEqual(['ResourceUpdated']);
  });

  test.each([
    ['in its midst', 2, { 'Fleet/north': 500, none: 100 }],
    ['at its end', 3, { 'Fleet/north': 600 }],
  ])('commits nothing after a restore declared %s, and is taken up by the one after', async (_, when, taken) => {
    await manyDevices(600, { site: 'north' });
    await fleet('north', { site: 'north' });
    const restore = await here.restore();
    let transactions = 0;
    const overtaken: Database = {
      ...here.context.database,
      async transact(work) {
        transactions += 1;
        if (transactions === when) await declareRestore(here.context, { by });
        return await here.context.database.transact(work);
      },
    };
    await rollOutFleet({ ...here.context, database: overtaken }, { restore, fleet: 'north' });
    expect(await ownerCounts()).toEqual(taken);
    expect(await rollOutFleet(here.context, { restore, fleet: 'north' })).toBe(0);
    expect(await ownerCounts()).toEqual(taken);
    expect(await fleetGenerations('north')).toMatchObject({ rolled_out_generation: '0' });
    await rollOut();
    expect(await ownerCounts()).toEqual({ 'Fleet/north': 600 });
    expect(await fleetGenerations('north')).toMatchObject({ rolled_out_generation: '1' });
  });

  test.each([
    ['in its midst', 2],
    ['at its end', 3],
  ])('that the fleet overtakes %s leaves the completing to the rollout of the newer generation', async (_, when) => {
    await manyDevices(600, { site: 'north' });
    await fleet('north', { site: 'north' });
    let transactions = 0;
    const overtaken: Database = {
      ...here.context.database,
      async transact(work) {
        transactions += 1;
        if (transactions === when) await changeFleet('north', { site: 'south' });
        return await here.context.database.transact(work);
      },
    };
    await rollOutFleet({ ...here.context, database: overtaken }, { restore: await here.restore(), fleet: 'north' });
    expect(await fleetGenerations('north')).toMatchObject({ generation: '2', rolled_out_generation: '0' });
    // The selector that is no longer the fleet's takes nobody in any more.
    const taken = when === 2 ? { 'Fleet/north': 500, none: 100 } : { 'Fleet/north': 600 };
    expect(await ownerCounts()).toEqual(taken);
    await rollOut();
    expect(await ownerCounts()).toEqual({ none: 600 });
    expect(await fleetGenerations('north')).toMatchObject({ rolled_out_generation: '2' });
  });

  test('of a fleet that is not there, or is rolled out, does nothing', async () => {
    const restore = await here.restore();
    expect(await rollOutFleet(here.context, { restore, fleet: 'nobody' })).toBe(0);
    await fleet('north', { site: 'north' });
    await rollOut();
    await device('one', { site: 'north' });
    expect(await rollOutFleet(here.context, { restore, fleet: 'north' })).toBe(0);
    expect(await positionRow(here.context, 'one')).toMatchObject({ wanted_generation: '1' });
  });
});

test('deleting a fleet of many devices leaves none with an owner that is gone', async () => {
  await manyDevices(1_100, { site: 'north' });
  await fleet('north', { site: 'north' });
  await rollOut();
  await deleteFleet(here.context, { name: 'north', by });
  expect(await ownerCounts()).toEqual({ none: 1_100 });
  expect(await positionRow(here.context, 'd-01100')).toMatchObject({ wanted_generation: '2' });
  expect(await deviceRow(here.context, 'd-01100')).toMatchObject({ spec: { os: { image: 'quay.io/acme/os:1' } } });
});

test('the queue is told what to look at after the commit', async () => {
  const told: string[] = [];
  here.context.queue.work(
    async (job) => {
      told.push(job.kind === 'roll-out-fleet' ? `${job.kind} ${job.fleet}` : `${job.kind} ${job.devices.join(',')}`);
    },
    { concurrency: 1 },
  );
  // Hints that follow each other closely share a job, so each step waits for what the one before it said.
  const heardOf = async (step: Promise<unknown>) => {
    told.length = 0;
    await step;
    await vi.waitUntil(() => told.length > 0, { timeout: 30_000 });
    return [...told];
  };
  expect(await heardOf(device('one', { site: 'north' }))).toEqual(['render-devices one']);
  expect(await heardOf(fleet('north', { site: 'north' }))).toEqual(['roll-out-fleet north']);
  expect(await heardOf(rollOut())).toEqual(['render-devices one']);
  expect(await heardOf(relabel('one', { site: 'south' }))).toEqual(['render-devices one']);
});
