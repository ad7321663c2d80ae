import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import type { BusMessage } from '../../src/bus/bus.ts';
import { createLocalBus } from '../../src/bus/local-bus.ts';
import type { RenderOutcome, SpecRenderer } from '../../src/domain/rendering/spec-renderer.ts';
import { declareRestore } from '../../src/usecases/declare-restore.ts';
import { readDevice } from '../../src/usecases/read-device.ts';
import { readRendered } from '../../src/usecases/read-rendered.ts';
import { renderDevices, renderPending } from '../../src/usecases/render-devices.ts';
import { retryProblems } from '../../src/usecases/retry-problems.ts';
import { by } from '../support/fleet-fixture.ts';
import { until } from '../support/held-transactions.ts';
import { plainRenderer, refusedImage } from '../support/plain-renderer.ts';
import { eventRows } from '../support/restore-rows.ts';
import { positionRow } from '../support/table-rows.ts';
import { useFleet } from '../support/use-fleet.ts';

/** Renders plainly, unless a test says otherwise. */
let renderer: SpecRenderer = plainRenderer;

const bus = createLocalBus();
const heard: BusMessage[] = [];
bus.subscribe((message) => heard.push(message));

const { here, fleet } = await useFleet({
  overrides: {
    renderer: { render: (spec, device) => renderer.render(spec, device) },
    bus: { ...bus, close: async () => undefined },
  },
});

beforeEach(async () => {
  renderer = plainRenderer;
  heard.length = 0;
});

const renderNamed = async (restore: string, ...devices: readonly string[]) =>
  await renderDevices(here.context, { restore, devices });
const image = (name: string) => ({ os: { image: `quay.io/acme/${name}:1` } });
const specCondition = async (name: string) =>
  (await readDevice(here.context, name)).status?.conditions.find(({ type }) => type === 'SpecValid');

describe('rendering', () => {
  test('gives a new version to the devices that want one, and tells of it', async () => {
    await fleet.create('a', { spec: image('a') });
    await fleet.create('b', { spec: image('b') });
    expect(await renderNamed(await here.restore(), 'a')).toBe(1);
    await until(() => heard.length > 0);
    expect(heard).toEqual([{ type: 'device-news', devices: ['a'] }]);
    expect((await readRendered(here.context, 'a', { knownVersion: 0 }))?.spec).toEqual(image('a'));
    expect((await fleet.row('b')).state.server.version).toBe(0);
    expect(await fleet.render()).toBe(1);
    expect((await fleet.row('b')).state.server.version).toBe(1);
  });

  test('does nothing for a device that wants nothing, or does not exist', async () => {
    await fleet.running('a');
    expect(await renderNamed(await here.restore(), 'a', 'nobody')).toBe(0);
    expect(await renderNamed(await here.restore())).toBe(0);
    expect((await fleet.row('a')).state.server.version).toBe(1);
  });

  test('keeps the version where the content stays the same', async () => {
    await fleet.running('a');
    await fleet.edit('a', 'quay.io/acme/a:2');
    await fleet.edit('a', 'quay.io/acme/a:1');
    expect(await fleet.render()).toBe(0);
    expect(await positionRow(here.context, 'a')).toMatchObject({ version: '1', rendered_generation: '3' });
    expect(heard).toEqual([{ type: 'device-news', devices: ['a'] }]);
  });

  test('after a restore goes on above what the device proved, on the new timeline', async () => {
    await fleet.running('a');
    const first = await here.restore();
    const restore = await fleet.declareRestore();
    await fleet.report('a', 1);
    await fleet.edit('a', 'quay.io/acme/a:2');
    await fleet.render();
    expect((await fleet.row('a')).state.server).toMatchObject({
      timeline: restore,
      version: 2,
      lineage: { [first]: 1 },
    });
  });

  test('shares a row between devices whose specs are the same', async () => {
    for (const name of ['a', 'b', 'c']) await fleet.create(name, { spec: image('same') });
    expect(await fleet.render()).toBe(3);
    const rows = await here.context.database.pool.execute(sql`SELECT hash FROM rendered_specs`);
    expect(rows).toHaveLength(1);
  });
});

describe('a gate that is not open', () => {
  test('keeps everything from being rendered, for an awaited device and for a paused one', async () => {
    await fleet.paused('paused');
    await fleet.running('awaited');
    for (const name of ['paused', 'awaited']) await fleet.edit(name, 'quay.io/acme/x:2');
    const restore = await fleet.declareRestore();
    await fleet.report('paused', 4);
    expect(await renderNamed(restore, 'paused', 'awaited')).toBe(0);
    expect(await fleet.render()).toBe(0);
    expect((await fleet.row('paused')).state.server.version).toBe(1);
    expect((await fleet.row('awaited')).state.server.version).toBe(1);
  });

  test('opens the way to what was wanted meanwhile, once the device answers', async () => {
    await fleet.running('a');
    await fleet.declareRestore();
    await fleet.edit('a', 'quay.io/acme/a:2');
    expect(await fleet.render()).toBe(0);
    await fleet.report('a', 1);
    expect(await fleet.render()).toBe(1);
  });
});

describe('a restore', () => {
  test('ends the jobs of the one before: they do nothing', async () => {
    await fleet.running('a');
    const before = await here.restore();
    await fleet.edit('a', 'quay.io/acme/a:2');
    await fleet.declareRestore();
    await fleet.report('a', 1);
    expect(await renderNamed(before, 'a')).toBe(0);
    expect((await fleet.row('a')).state.server.version).toBe(1);
  });

  test.each(['job', 'sweep'])('declared while a %s renders keeps it from committing anything', async (kind) => {
    await fleet.running('a', 'b');
    for (const name of ['a', 'b']) await fleet.edit(name, 'quay.io/acme/x:2');
    await fleet.create('bad', { spec: { os: { image: refusedImage } } });
    const before = await here.restore();
    heard.length = 0;
    let declared: Promise<unknown> | undefined;
    renderer = {
      async render(spec) {
        declared ??= declareRestore(here.context, { by });
        await declared;
        return plainRenderer.render(spec);
      },
    };
    const rendered = kind === 'job' ? await renderNamed(before, 'a', 'b', 'bad') : await fleet.render();
    expect(rendered).toBe(0);
    for (const name of ['a', 'b']) {
      expect(await positionRow(here.context, name)).toMatchObject({ version: '1', rendered_generation: '1' });
    }
    expect(await eventRows(here.context, 'DeviceSpecInvalid')).toEqual([]);
    await until(() => heard.length > 0);
    expect(heard).toEqual([{ type: 'restore-declared', restore: await here.restore() }]);
  });

  test('declared and answered while a job renders still keeps that job from committing', async () => {
    await fleet.running('a');
    await fleet.edit('a', 'quay.io/acme/a:2');
    const before = await here.restore();
    renderer = {
      async render(spec) {
        renderer = plainRenderer;
        await fleet.declareRestore();
        await fleet.report('a', 1);
        return plainRenderer.render(spec);
      },
    };
    expect(await renderNamed(before, 'a')).toBe(0);
    expect(await fleet.render()).toBe(1);
  });
});

describe('what happens while a device is rendered', () => {
  /** Does something once, between the reading of what is wanted and the commit. */
  const meanwhile = (work: () => Promise<unknown>) => {
    renderer = {
      async render(spec) {
        renderer = plainRenderer;
        await work();
        return plainRenderer.render(spec);
      },
    };
  };

  test('an edit leaves the device wanting the newer spec', async () => {
    await fleet.running('a');
    await fleet.edit('a', 'quay.io/acme/a:2');
    meanwhile(() => fleet.edit('a', 'quay.io/acme/a:3'));
    expect(await fleet.render()).toBe(1);
    expect(await fleet.render()).toBe(1);
    expect((await readRendered(here.context, 'a', { knownVersion: 1 }))?.spec).toEqual({
      os: { image: 'quay.io/acme/a:3' },
    });
  });

  test('a report that pauses the device keeps it from being rendered', async () => {
    await fleet.running('a');
    await fleet.edit('a', 'quay.io/acme/a:2');
    meanwhile(() => fleet.report('a', 7));
    expect(await fleet.render()).toBe(0);
    expect((await fleet.row('a')).state.server.version).toBe(1);
  });

  test('another worker that finds out about an older spec first does not hide how the newer one came out', async () => {
    await fleet.running('a');
    await fleet.edit('a', refusedImage);
    const older = await here.restore();
    let renderOlder: (() => void) | undefined;
    const held = new Promise<void>((resolve) => {
      renderOlder = resolve;
    });
    renderer = {
      async render(spec) {
        renderer = plainRenderer;
        await held;
        return plainRenderer.render(spec);
      },
    };
    const first = renderNamed(older, 'a');
    await until(() => renderer === plainRenderer);
    await fleet.edit('a', 'quay.io/acme/a:2');
    meanwhile(async () => {
      renderOlder?.();
      await first;
    });
    await fleet.render();
    await fleet.render();
    expect((await fleet.row('a')).state.server.version).toBe(2);
    expect(await specCondition('a')).toMatchObject({ status: 'True' });
    expect(await eventRows(here.context, 'DeviceSpecInvalid')).toHaveLength(1);
    expect(await eventRows(here.context, 'DeviceSpecValid')).toHaveLength(1);
  });

  test('another worker that renders the same first leaves nothing to do', async () => {
    await fleet.running('a');
    await fleet.edit('a', 'quay.io/acme/a:2');
    meanwhile(() => renderPending(here.context, new AbortController().signal));
    expect(await fleet.render()).toBe(0);
    expect((await fleet.row('a')).state.server.version).toBe(2);
  });
});

describe('a spec that cannot be rendered', () => {
  test('keeps the last one rendered, and says so once', async () => {
    await fleet.running('a');
    await fleet.edit('a', refusedImage);
    expect(await fleet.render()).toBe(0);
    expect((await fleet.row('a')).state.server.version).toBe(1);
    expect(await specCondition('a')).toMatchObject({ status: 'False', reason: 'Invalid' });
    await fleet.edit('a', `${refusedImage}-again`);
    await fleet.render();
    expect(await eventRows(here.context, 'DeviceSpecInvalid')).toHaveLength(1);
    expect(await fleet.render()).toBe(0);
  });

  test('is valid again with the next that can, with one event', async () => {
    await fleet.running('a');
    await fleet.edit('a', refusedImage);
    await fleet.render();
    await fleet.edit('a', 'quay.io/acme/a:2');
    expect(await fleet.render()).toBe(1);
    expect(await specCondition('a')).toMatchObject({ status: 'True' });
    expect(await eventRows(here.context, 'DeviceSpecValid')).toHaveLength(1);
  });

  test('does not keep the other devices of its batch from being rendered', async () => {
    await fleet.create('a', { spec: { os: { image: refusedImage } } });
    await fleet.create('b', { spec: image('b') });
    expect(await fleet.render()).toBe(1);
    expect((await fleet.row('b')).state.server.version).toBe(1);
  });
});

describe('a renderer that breaks for one device', () => {
  const breaking: SpecRenderer = {
    render(spec, device) {
      if (device.name === 'a') throw new Error('the source cannot be reached');
      return plainRenderer.render(spec);
    },
  };

  test('does not keep the others from being rendered, by a job or by the sweep', async () => {
    for (const name of ['a', 'b', 'c']) await fleet.create(name, { spec: image(name) });
    renderer = breaking;
    await expect(renderNamed(await here.restore(), 'a', 'b')).rejects.toThrow('the source cannot be reached');
    expect((await fleet.row('b')).state.server.version).toBe(1);
    await expect(fleet.render()).rejects.toThrow('the source cannot be reached');
    expect((await fleet.row('c')).state.server.version).toBe(1);
  });

  test('is asked again: the device still wants rendering', async () => {
    await fleet.create('a', { spec: image('a') });
    renderer = breaking;
    await expect(fleet.render()).rejects.toThrow('the source cannot be reached');
    renderer = plainRenderer;
    expect(await fleet.render()).toBe(1);
  });
});

test('a spec that could not be rendered is tried again now and then, unless its gate is not open or it waits already', async () => {
  const broken: SpecRenderer = { render: () => ({ ok: false, problems: [{ message: 'there is no such file' }] }) };
  for (const name of ['a', 'b', 'fine']) await fleet.create(name, { spec: image(name) });
  await renderNamed(await here.restore(), 'fine');
  renderer = broken;
  await fleet.render();
  expect(await retryProblems(here.context)).toBe(2);
  expect(await retryProblems(here.context)).toBe(0);
  expect(await fleet.render()).toBe(0);
  expect(await eventRows(here.context, 'DeviceSpecInvalid')).toHaveLength(2);
  await fleet.declareRestore();
  await fleet.report('a', 0);
  expect(await retryProblems(here.context)).toBe(1);
  renderer = plainRenderer;
  expect(await fleet.render()).toBe(1);
  expect(await specCondition('a')).toMatchObject({ status: 'True' });
});

describe('a reason that may pass', () => {
  const away: RenderOutcome = { ok: false, problems: [{ message: 'the source is away' }], mayPass: true };

  test('is shown by the device, which keeps its version, goes on wanting to be rendered, and is rendered once it has passed', async () => {
    await fleet.running('a');
    await fleet.edit('a', 'quay.io/acme/a:2');
    await fleet.create('b', { spec: image('b') });
    renderer = { render: (spec, device) => (device.name === 'a' ? away : plainRenderer.render(spec)) };
    await expect(renderNamed(await here.restore(), 'a', 'b')).rejects.toThrow('tried again: the source is away');
    expect((await fleet.row('b')).state.server.version).toBe(1);
    expect(await fleet.render()).toBe(0);
    expect(await specCondition('a')).toMatchObject({ status: 'False', message: 'the source is away' });
    expect(await positionRow(here.context, 'a')).toMatchObject({ version: '1', rendered_generation: '1' });
    expect(await eventRows(here.context, 'DeviceSpecInvalid')).toHaveLength(1);
    renderer = plainRenderer;
    expect(await fleet.render()).toBe(1);
    expect(await specCondition('a')).toMatchObject({ status: 'True' });
  });
});

test('a device for which something is fetched keeps no other one waiting', async () => {
  for (const name of ['quick', 'slow']) await fleet.create(name, { spec: image(name) });
  let arrived: (() => void) | undefined;
  const fetching = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  renderer = {
    async render(spec, device) {
      if (device.name === 'slow') await fetching;
      return plainRenderer.render(spec);
    },
  };
  const rendering = fleet.render();
  await until(async () => (await fleet.row('quick')).state.server.version === 1);
  expect((await fleet.row('slow')).state.server.version).toBe(0);
  arrived?.();
  expect(await rendering).toBe(2);
});

test('a renderer is told how a device says that its OS is kept', async () => {
  const told: unknown[] = [];
  renderer = {
    render(spec, device) {
      told.push(device);
      return plainRenderer.render(spec);
    },
  };
  await fleet.create('a', { spec: image('a'), labels: { site: 'north' } });
  await fleet.report('a', null, { status: { capabilities: { osMode: 'package' } } });
  await fleet.render();
  expect(told).toEqual([{ name: 'a', labels: { site: 'north' }, osMode: 'package' }]);
});

test('the sweep goes on over any number of devices, until it is told to stop', async () => {
  await here.context.database.pool.execute(sql`
    WITH d AS (INSERT INTO devices (name, spec, created_at)
      SELECT 'm-' || lpad(n::text, 4, '0'), '{"os":{"image":"x:1"}}', now() FROM generate_series(1, 600) n RETURNING name)
    INSERT INTO device_positions (name, timeline, answered_restore_id) SELECT name, current_restore, current_restore FROM d, service_state`);
  const stopping = new AbortController();
  renderer = {
    render(spec) {
      stopping.abort();
      return plainRenderer.render(spec);
    },
  };
  expect(await renderPending(here.context, stopping.signal)).toBe(500);
  renderer = plainRenderer;
  expect(await fleet.render()).toBe(100);
});
