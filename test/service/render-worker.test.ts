import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import type { Environment } from '../../src/config/config.ts';
import type { Overrides } from '../../src/context.ts';
import type { FleetRequest } from '../../src/domain/resources/fleet.ts';
import type { RenderQueue } from '../../src/queue/render-queue.ts';
import { createFleet } from '../../src/usecases/create-fleet.ts';
import { resumeDevices } from '../../src/usecases/resume-devices.ts';
import { RenderWorker } from '../../src/service/render-worker.ts';
import { fleetRequest } from '../support/documents.ts';
import { by, FleetFixture } from '../support/fleet-fixture.ts';
import { until } from '../support/held-transactions.ts';
import { plainRenderer } from '../support/plain-renderer.ts';
import { flush, redisDatabase } from '../support/redis-server.ts';
import { createTestContext, type TestContext } from '../support/test-context.ts';
import { requireRedis } from '../support/test-database.ts';

const closing: Array<() => Promise<void>> = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function contextWith(
  env: Environment,
  overrides: Overrides = {},
): Promise<TestContext & { fleet: FleetFixture }> {
  const here = await createTestContext({ env: { MUSTER_SWEEP_INTERVAL: '1h', ...env }, overrides });
  closing.push(() => here.close());
  return { ...here, fleet: new FleetFixture(here) };
}

function work({ context }: Pick<TestContext, 'context'>): RenderWorker {
  const worker = new RenderWorker(context);
  worker.start();
  closing.push(() => worker.stop());
  return worker;
}

const version = async (fleet: FleetFixture, name: string) => (await fleet.row(name)).state.server.version;

describe.each(['Postgres', 'Redis'])('a worker whose queue is on %s', (backend) => {
  const environment = async (): Promise<Environment> =>
    backend === 'Redis' ? { REDIS_URL: await redisDatabase(requireRedis(), 13) } : {};

  test('renders on a hint: what is created, edited and resumed, and the devices of a fleet', async () => {
    const here = await contextWith(await environment());
    const { fleet } = here;
    work(here);
    await until(() => here.context.queue.isHealthy());
    await fleet.create('a', { spec: { os: { image: 'x:1' } }, labels: { site: 'north' } });
    await until(async () => (await version(fleet, 'a')) === 1);
    await createFleet(here.context, { request: fleetRequest('north', { site: 'north' }) as FleetRequest, by });
    await until(async () => (await version(fleet, 'a')) === 2);
    await fleet.report('a', 5);
    await resumeDevices(here.context, { fieldSelector: 'metadata.name=a', by });
    await until(async () => (await version(fleet, 'a')) === 6);
  });

  test('finds by looking what no hint told it, though the queue forgot everything', async () => {
    const env = await environment();
    const here = await contextWith({ ...env, MUSTER_SWEEP_INTERVAL: '50ms' });
    const { fleet } = here;
    await fleet.create('a', { spec: { os: { image: 'x:1' } } });
    if (env['REDIS_URL'] !== undefined) await flush(env['REDIS_URL']);
    here.context.queue.discardOlderJobs();
    work(here);
    await until(async () => (await version(fleet, 'a')) === 1);
    const silent = { ...here.context, queue: { ...here.context.queue, wantRendering: () => undefined } };
    await fleet.report('a', 5);
    await resumeDevices(silent, { fieldSelector: 'metadata.name=a', by });
    await until(async () => (await version(fleet, 'a')) === 6);
  });

  test('does nothing for the restore before, and leaves nothing of it waiting', async () => {
    const here = await contextWith(await environment());
    const { fleet } = here;
    await fleet.running('a');
    await until(() => here.context.queue.isHealthy());
    await fleet.edit('a', 'x:2');
    const before = await here.restore();
    await fleet.declareRestore();
    here.context.queue.wantRendering(before, ['a']);
    work(here);
    await fleet.create('b', { spec: { os: { image: 'x:1' } } });
    await until(async () => (await version(fleet, 'b')) === 1);
    expect(await version(fleet, 'a')).toBe(1);
    await fleet.report('a', 1);
    here.context.queue.wantRendering(await here.restore(), ['a']);
    await until(async () => (await version(fleet, 'a')) === 2);
  });
});

test('a worker goes on when a renderer breaks for one device', async () => {
  const here = await contextWith(
    { MUSTER_SWEEP_INTERVAL: '50ms' },
    {
      renderer: {
        render(spec, device) {
          if (device.name === 'a') throw new Error('the source cannot be reached');
          return plainRenderer.render(spec);
        },
      },
    },
  );
  for (const name of ['a', 'b']) await here.fleet.create(name, { spec: { os: { image: 'x:1' } } });
  work(here);
  await until(async () => (await version(here.fleet, 'b')) === 1);
  await here.fleet.edit('b', 'x:2');
  await until(async () => (await version(here.fleet, 'b')) === 2);
  expect(await version(here.fleet, 'a')).toBe(0);
});

test('a worker that is stopped lets its sweep end, and begins no other', async () => {
  const { fleet, context } = await contextWith({ MUSTER_SWEEP_INTERVAL: '50ms' }, { queue: silentQueue });
  const worker = work({ context });
  await fleet.create('a', { spec: { os: { image: 'x:1' } } });
  await until(async () => (await version(fleet, 'a')) === 1);
  await worker.stop();
  await fleet.edit('a', 'x:2');
  await sleep(200);
  expect(await version(fleet, 'a')).toBe(1);
});

/** A queue that brings nothing to anybody. */
const silentQueue: RenderQueue = {
  wantRendering: () => undefined,
  wantRollout: () => undefined,
  discardOlderJobs: () => undefined,
  work: () => undefined,
  isHealthy: async () => true,
  state: async () => ({ jobs: undefined, worker: 'none' }),
  close: async () => undefined,
};
