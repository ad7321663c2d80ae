import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApp, type App } from '../../src/service/app.ts';
import { lockForDeclaring } from '../../src/db/fence.ts';
import type { SpecRenderer } from '../../src/domain/rendering/spec-renderer.ts';
import type { FleetRequest } from '../../src/domain/resources/fleet.ts';
import { createFleet } from '../../src/usecases/create-fleet.ts';
import { deleteDevice } from '../../src/usecases/delete-device.ts';
import { renderDevices } from '../../src/usecases/render-devices.ts';
import { verifyDatabase } from '../../src/usecases/verify-database.ts';
import { RenderWorker } from '../../src/service/render-worker.ts';
import { fleetRequest } from '../support/documents.ts';
import { by, FleetFixture } from '../support/fleet-fixture.ts';
import { connectTo, holdTransaction, until, untilWaiting } from '../support/held-transactions.ts';
import { plainRenderer, refusedImage } from '../support/plain-renderer.ts';
import { scrape, type Samples } from '../support/scrape.ts';
import { SocketDevice } from '../support/socket-device.ts';
import { resumeDevices } from '../../src/usecases/resume-devices.ts';
import { useContext } from '../support/use-fleet.ts';

const renderer: SpecRenderer = {
  render: (spec, device) => {
    if (device.name === 'cursed') throw new Error('the renderer breaks down');
    return plainRenderer.render(spec);
  },
};

let app: App;
let worker: RenderWorker;
let api: string;
let agent: string;

const here = await useContext({
  env: { MUSTER_REPORT_QUEUE: '2', MUSTER_POLL_TIMEOUT: '20s', MUSTER_SWEEP_INTERVAL: '1h' },
  overrides: { renderer },
});
const fleet = new FleetFixture(here);

beforeAll(async () => {
  app = await buildApp(here.context);
  worker = new RenderWorker(here.context);
  api = await app.api.listen({ host: '127.0.0.1', port: 0 });
  agent = await app.agent.listen({ host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  await app.close();
  await worker.stop();
});

const poll = async (name: string, version: number, signal?: AbortSignal) => {
  const url = `${agent}/api/v1/devices/${name}/rendered?knownRenderedVersion=${version}`;
  const response = await fetch(url, signal === undefined ? {} : { signal });
  await response.arrayBuffer();
  return response.status;
};

/** Growth of a series while something was done. */
async function growth(work: () => Promise<unknown>): Promise<(series: string) => number> {
  const before = await scrape(api);
  await work();
  const after = await scrape(api);
  return (series) => (after.get(series) ?? Number.NaN) - (before.get(series) ?? Number.NaN);
}

const gates = (samples: Samples) =>
  ['Open', 'AwaitingReconnect', 'ConflictPaused'].map((gate) => samples.get(`muster_devices{gate="${gate}"}`));

describe('the metrics of a service', () => {
  test('begin with zeros where something may yet happen, and with what runs', async () => {
    const samples = await scrape(api);
    expect(samples.get('muster_sheds_total{reason="1013"}')).toBe(0);
    expect(samples.get('muster_restores_declared_total{cause="copy"}')).toBe(0);
    expect(samples.get('muster_verdicts_total{verdict="Diverged"}')).toBe(0);
    expect([...samples.keys()]).toContainEqual(expect.stringMatching(/^muster_build_info\{version="\d/));
    expect([samples.get('muster_database_up'), samples.get('muster_queue_up')]).toEqual([1, 1]);
    // Neither a worker nor a restore yet.
    expect(samples.has('muster_worker_up')).toBe(false);
    expect([...samples.keys()].join()).not.toContain('muster_restore_declared_timestamp_seconds');
  });

  test('tell how long the oldest wanted render has waited, and that it waits no more', async () => {
    await fleet.create('a', { spec: { os: { image: 'quay.io/acme/a:1' } } });
    here.clock.advance(40_000);
    await fleet.create('b', { spec: { os: { image: 'quay.io/acme/b:1' } } });
    await fleet.edit('a', 'quay.io/acme/a:2');
    here.clock.advance(2_000);
    expect((await scrape(api)).get('muster_render_oldest_wanted_age_seconds')).toBe(42);
    const grown = await growth(() => fleet.render());
    expect(grown('muster_renders_total{result="rendered"}')).toBe(2);
    expect((await scrape(api)).get('muster_render_oldest_wanted_age_seconds')).toBe(0);
  });

  test('tell how many devices cannot be given what is written for them, until they can', async () => {
    const problems = async () => {
      const samples = await scrape(api);
      return ['template', 'spec'].map((problem) => samples.get(`muster_devices_with_problems{problem="${problem}"}`));
    };
    expect(await problems()).toEqual([0, 0]);
    const request = fleetRequest('troubled', { troubled: 'yes' }, 'quay.io/acme/{{ .metadata.labels.rack }}:1');
    await createFleet(here.context, { request: request as FleetRequest, by });
    await fleet.create('without-label', { labels: { troubled: 'yes' } });
    await fleet.create('troublesome', { spec: { os: { image: refusedImage } } });
    await fleet.render();
    expect(await problems()).toEqual([1, 1]);
    await deleteDevice(here.context, { name: 'without-label', by });
    expect(await problems()).toEqual([0, 1]);
    await fleet.edit('troublesome', 'quay.io/acme/a:1');
    await fleet.render();
    expect(await problems()).toEqual([0, 0]);
    await deleteDevice(here.context, { name: 'troublesome', by });
  });

  test('do not count a render as waiting whose device may not be rendered', async () => {
    await fleet.report('b', 99);
    await fleet.edit('b', 'quay.io/acme/b:2');
    here.clock.advance(60_000);
    expect((await scrape(api)).get('muster_render_oldest_wanted_age_seconds')).toBe(0);
    await resumeDevices(here.context, { fieldSelector: 'metadata.name=b', by });
    here.clock.advance(5_000);
    expect((await scrape(api)).get('muster_render_oldest_wanted_age_seconds')).toBe(5);
    await fleet.render();
  });

  test('count what became of each render', async () => {
    const restore = await here.restore();
    await here.context.database.pool.execute(
      sql`UPDATE device_positions SET wanted_generation = wanted_generation + 1 WHERE name = 'a'`,
    );
    await fleet.create('broken', { spec: { os: { image: refusedImage } } });
    await fleet.create('cursed', { spec: { os: { image: 'quay.io/acme/c:1' } } });
    const grown = await growth(() => fleet.render().catch(() => undefined));
    const count = (result: string) => grown(`muster_renders_total{result="${result}"}`);
    expect({ unchanged: count('unchanged'), invalid: count('invalid'), failed: count('failed') }).toEqual({
      unchanged: 1,
      invalid: 1,
      failed: 1,
    });
    await fleet.edit('a', 'quay.io/acme/a:3');
    const overtaken = await growth(async () => {
      const other = connectTo(here.database);
      const held = await holdTransaction(other, (tx) =>
        tx.execute(sql`UPDATE device_positions SET rendered_generation = wanted_generation WHERE name = 'a'`),
      );
      const late = renderDevices(here.context, { restore, devices: ['a'] });
      await untilWaiting(other);
      await held.commit();
      await late;
      await other.close();
    });
    expect(overtaken('muster_renders_total{result="superseded"}')).toBe(1);
  });

  test('count verdicts, commits and devices that nobody knows', async () => {
    const grown = await growth(async () => {
      expect(await poll('stranger', 1)).toBe(404);
      expect(await poll('a', 0)).toBe(200);
    });
    expect(grown('muster_unknown_device_reports_total')).toBe(1);
    expect(grown('muster_verdicts_total{verdict="Behind"}')).toBe(1);
    expect(grown('muster_report_batch_size_count')).toBe(2);
    expect(grown('muster_report_batch_size_sum')).toBe(2);
    expect(grown('muster_report_batch_duration_seconds_count')).toBe(2);
  });

  test('follow a restore: who is awaited, who answered, who is in conflict, who declared it', async () => {
    const before = await scrape(api);
    expect(gates(before)).toEqual([4, 0, 0]);
    const grown = await growth(async () => {
      const response = await fetch(`${api}/api/v1/restores`, { method: 'POST' });
      expect(response.status).toBe(201);
    });
    expect(grown('muster_restores_declared_total{cause="person"}')).toBe(1);
    expect(grown('muster_api_request_duration_seconds_count{method="POST",code="201"}')).toBeNaN();
    const awaited = await scrape(api);
    expect(awaited.get('muster_api_request_duration_seconds_count{method="POST",code="201"}')).toBe(1);
    expect(gates(awaited)).toEqual([0, 4, 0]);
    expect(awaited.get('muster_restore_declared_timestamp_seconds{by="person"}')).toBe(
      here.clock.now().getTime() / 1_000,
    );
    const answers = await growth(async () => {
      await poll('a', 0);
      await poll('b', 1_000);
    });
    expect(answers('muster_device_answers_total')).toBe(2);
    expect(answers('muster_verdicts_total{verdict="Ahead"}')).toBe(1);
    expect(gates(await scrape(api))).toEqual([1, 2, 1]);
  });

  test('tell a restore that Muster declared by itself from one of a person', async () => {
    await here.context.database.pool.execute(
      sql`UPDATE service_state SET database_identity = '{"systemIdentifier": "1", "walTimeline": 1, "database": "1", "devicesTable": "1"}'`,
    );
    const grown = await growth(() => verifyDatabase(here.context));
    expect(grown('muster_restores_declared_total{cause="copy"}')).toBe(1);
    const samples = await scrape(api);
    expect(samples.has('muster_restore_declared_timestamp_seconds{by="service"}')).toBe(true);
    expect(samples.has('muster_restore_declared_timestamp_seconds{by="person"}')).toBe(false);
  });

  test('show what devices hold open, and let go of it', async () => {
    const opened = (samples: Samples) => [
      samples.get('muster_websockets_open'),
      samples.get('muster_long_polls_waiting'),
    ];
    expect(opened(await scrape(api))).toEqual([0, 0]);
    const device = await SocketDevice.connect(agent, 'a');
    await device.ask({ renderedVersion: '0' });
    const leaving = new AbortController();
    await poll('b', 0);
    const version = (await fleet.rendered('b')).version;
    const waiting = poll('b', version, leaving.signal).catch(() => undefined);
    await until(async () => opened(await scrape(api))[1] === 1);
    expect(opened(await scrape(api))).toEqual([1, 1]);
    leaving.abort();
    await waiting;
    await device.close();
    await until(async () => opened(await scrape(api)).join() === '0,0');
  });

  test('count those who are told to come back later, by how they are told', async () => {
    const other = connectTo(here.database);
    const device = await SocketDevice.connect(agent, 'a');
    let answers: number[] = [];
    const grown = await growth(async () => {
      const held = await holdTransaction(other, lockForDeclaring);
      const crowd = Array.from({ length: 20 }, (_, index) => poll(`stranger-${index}`, 1));
      await until(async () => ((await scrape(api)).get('muster_sheds_total{reason="503"}') ?? 0) > 0);
      expect((await scrape(api)).get('muster_reports_waiting')).toBe(2);
      device.report({ renderedVersion: '1' });
      expect((await device.closed).code).toBe(1013);
      await held.commit();
      answers = await Promise.all(crowd);
    });
    await other.close();
    expect(grown('muster_sheds_total{reason="1013"}')).toBe(1);
    expect(grown('muster_sheds_total{reason="503"}')).toBe(answers.filter((code) => code === 503).length);
    expect(answers).toContain(404);
  });

  test('say that the worker takes jobs once there is one, and how the queue empties', async () => {
    const waiting = async () => (await scrape(api)).get('muster_render_queue_jobs{state="waiting"}') ?? Number.NaN;
    await fleet.create('queued', { spec: { os: { image: 'quay.io/acme/q:1' } } });
    await until(async () => (await waiting()) > 0);
    worker.start();
    await until(async () => (await scrape(api)).get('muster_worker_up') === 1);
    await until(async () => (await waiting()) === 0);
  });
});
