import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import type { OutdatedKind } from '../../src/usecases/observer.ts';
import { deleteDevice } from '../../src/usecases/delete-device.ts';
import { createFleet } from '../../src/usecases/create-fleet.ts';
import { listEvents } from '../../src/usecases/list-events.ts';
import { readFleet } from '../../src/usecases/read-fleet.ts';
import { readRestores, reportRestore } from '../../src/usecases/read-restores.ts';
import { readRendered } from '../../src/usecases/read-rendered.ts';
import { removeOutdated } from '../../src/usecases/remove-outdated.ts';
import { removeUnreferencedSpecs } from '../../src/usecases/remove-unused-specs.ts';
import { rollOutPending } from '../../src/usecases/roll-out-fleet.ts';
import type { FleetRequest } from '../../src/domain/resources/fleet.ts';
import { fleetRequest } from '../support/documents.ts';
import { by } from '../support/fleet-fixture.ts';
import { eventRows } from '../support/restore-rows.ts';
import { useFleet } from '../support/use-fleet.ts';

const { here, fleet } = await useFleet();
const never = new AbortController().signal;
const day = 86_400_000;

/** Removes what is outdated now, by settings other than the usual ones where a test says so. @returns the numbers removed */
async function cleanUp(settings: Partial<Config> = {}): Promise<Partial<Record<OutdatedKind, number>>> {
  const removed: Partial<Record<OutdatedKind, number>> = {};
  const observer = {
    ...here.context.observer,
    removedOutdated(kind: OutdatedKind, records: number) {
      if (records > 0) removed[kind] = (removed[kind] ?? 0) + records;
    },
  };
  const deps = { ...here.context, observer, config: { ...here.context.config, ...settings } };
  await removeOutdated(deps, never);
  await removeUnreferencedSpecs(deps, never);
  return removed;
}

/** Many events that nothing needs, of now. */
async function manyEvents(count: number): Promise<void> {
  const restore = await here.restore();
  await here.context.database.pool.execute(sql`
    INSERT INTO events (name, at, type, reason, involved_kind, involved_name, message, actor, component, restore)
    SELECT gen_random_uuid(), ${here.clock.now().toISOString()}::timestamptz, 'Normal', 'ResourceUpdated', 'Device', 'd-' || n, '', 'user:x', 'muster', ${restore}::uuid
    FROM generate_series(1, ${count}) n`);
}

const specCount = async () => (await here.context.database.pool.execute(sql`SELECT hash FROM rendered_specs`)).length;
const restoreIds = async () =>
  (await readRestores(here.context, { limit: 100, after: undefined })).items.map(({ metadata }) => metadata.name);

describe('events', () => {
  test('that were kept for long enough are removed, however many, and younger ones stay', async () => {
    await manyEvents(2_500);
    here.clock.advance(60 * day);
    await manyEvents(10);
    expect(await cleanUp()).toEqual({});
    here.clock.advance(31 * day);
    expect(await cleanUp()).toEqual({ events: 2_500 });
    expect(await eventRows(here.context)).toHaveLength(10);
  });

  test('are kept for ever where a setting says so', async () => {
    await manyEvents(10);
    here.clock.advance(10_000 * day);
    expect(await cleanUp({ eventsKeepMs: undefined })).toEqual({});
    expect(await eventRows(here.context)).toHaveLength(10);
  });

  test('that tell of a restore that is kept stay, so that its report stays the same', async () => {
    const restore = await fleet.paused('a', 'b', 'c', 'd');
    await fleet.resumeNamed('a');
    await deleteDevice(here.context, { name: 'b', by });
    const before = await reportRestore(here.context, restore);
    expect(before.conflicts.map(({ resolution }) => resolution)).toEqual(['Resumed', 'WrittenOff', null, null]);
    here.clock.advance(365 * day);
    expect((await cleanUp()).events).toBeGreaterThan(0);
    expect(await reportRestore(here.context, restore)).toEqual(before);
    await fleet.declareRestore();
    here.clock.advance(365 * day);
    await cleanUp();
    expect((await reportRestore(here.context, restore)).conflicts).toEqual(before.conflicts);
    here.clock.advance(60 * day);
    expect(await cleanUp()).toMatchObject({ restores: 1 });
    await expect(reportRestore(here.context, restore)).rejects.toMatchObject({ status: 404 });
    expect((await eventRows(here.context)).filter((event) => event.restore === restore)).toEqual([]);
  });

  test('of the last rollout of a fleet stay, by which it says since when it is as it is', async () => {
    await createFleet(here.context, { request: fleetRequest('north', { site: 'north' }) as FleetRequest, by });
    here.clock.advance(day);
    await rollOutPending(here.context, never);
    const before = await readFleet(here.context, 'north');
    here.clock.advance(365 * day);
    expect((await cleanUp()).events).toBeGreaterThan(0);
    expect(await readFleet(here.context, 'north')).toEqual(before);
  });

  test('that a page comes to after they were removed are left out, and the pages go on', async () => {
    await manyEvents(30);
    const order = { order: 'asc' as const };
    const { next } = await listEvents(here.context, order, { limit: 10, after: undefined });
    here.clock.advance(91 * day);
    await manyEvents(5);
    await cleanUp();
    const { items } = await listEvents(here.context, order, { limit: 10, after: next });
    expect(items).toHaveLength(5);
  });
});

describe('restores', () => {
  test('that were superseded for long enough are removed; the current one stays, however old', async () => {
    await fleet.running('a');
    const first = await fleet.declareRestore();
    here.clock.advance(day);
    const second = await fleet.declareRestore();
    here.clock.advance(200 * day);
    const third = await fleet.declareRestore();
    here.clock.advance(300 * day);
    expect(await restoreIds()).toEqual([third, second, first]);
    expect(await cleanUp()).toMatchObject({ restores: 1 });
    expect(await restoreIds()).toEqual([third, second]);
    here.clock.advance(10_000 * day);
    await cleanUp();
    expect(await restoreIds()).toEqual([third]);
    await fleet.report('a', await fleet.rendered('a'));
    expect((await fleet.row('a')).state.answeredRestore).toBe(third);
  });
});

describe('unknown devices', () => {
  const spoke = async (name: string) => {
    await fleet.reportAll([{ device: name, position: { timeline: null, version: 3, specHash: null } }]);
  };
  const known = async () =>
    (
      await here.context.database.pool.execute<{ name: string }>(sql`SELECT name FROM unknown_devices ORDER BY name`)
    ).map(({ name }) => name);

  test('that were silent for long enough are forgotten', async () => {
    await spoke('old');
    here.clock.advance(60 * day);
    await spoke('young');
    here.clock.advance(60 * day);
    expect(await cleanUp()).toEqual({ 'unknown-devices': 1 });
    expect(await known()).toEqual(['young']);
  });

  test('of a restore that goes on stay', async () => {
    await fleet.running('a');
    await spoke('before');
    await fleet.declareRestore();
    await spoke('since');
    here.clock.advance(400 * day);
    expect(await cleanUp()).toMatchObject({ 'unknown-devices': 1 });
    expect(await known()).toEqual(['since']);
    await fleet.report('a', await fleet.rendered('a'));
    here.clock.advance(day);
    expect(await cleanUp()).toMatchObject({ 'unknown-devices': 1 });
  });
});

describe('rendered specs', () => {
  test('to which no device refers are removed, counted from when that was found', async () => {
    await fleet.running('a', 'b');
    await fleet.edit('a', 'quay.io/acme/a:2');
    await fleet.render();
    here.clock.advance(100 * day);
    // The device still says that it runs the first one.
    expect((await cleanUp())['rendered-specs']).toBeUndefined();
    await fleet.report('a', await fleet.rendered('a'));
    here.clock.advance(day);
    expect((await cleanUp())['rendered-specs']).toBeUndefined();
    here.clock.advance(29 * day);
    expect((await cleanUp())['rendered-specs']).toBeUndefined();
    expect(await specCount()).toBe(3);
    here.clock.advance(2 * day);
    expect(await cleanUp()).toMatchObject({ 'rendered-specs': 1 });
    expect(await specCount()).toBe(2);
    expect((await readRendered(here.context, 'a', { knownVersion: 0 }))?.spec).toMatchObject({
      os: { image: 'quay.io/acme/a:2' },
    });
  });

  test('that a render takes up again stay', async () => {
    await fleet.running('a');
    await fleet.edit('a', 'quay.io/acme/a:2');
    await fleet.render();
    await fleet.report('a', await fleet.rendered('a'));
    here.clock.advance(day);
    await cleanUp();
    here.clock.advance(31 * day);
    await fleet.edit('a', 'quay.io/acme/a:1');
    await fleet.render();
    expect((await cleanUp())['rendered-specs']).toBeUndefined();
    expect(await specCount()).toBe(2);
    expect((await readRendered(here.context, 'a', { knownVersion: 0 }))?.spec).toMatchObject({
      os: { image: 'quay.io/acme/a:1' },
    });
  });

  test('are all kept while a device is awaited or paused, which may run any of them', async () => {
    await fleet.running('a');
    await fleet.edit('a', 'quay.io/acme/a:2');
    await fleet.render();
    await fleet.report('a', await fleet.rendered('a'));
    here.clock.advance(day);
    await cleanUp();
    await fleet.declareRestore();
    here.clock.advance(100 * day);
    expect((await cleanUp())['rendered-specs']).toBeUndefined();
    await fleet.report('a', await fleet.rendered('a'));
    here.clock.advance(day);
    expect(await cleanUp()).toMatchObject({ 'rendered-specs': 1 });
  });
});
