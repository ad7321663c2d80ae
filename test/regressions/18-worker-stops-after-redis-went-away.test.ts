import { expect, onTestFinished, test } from 'vitest';
import { RenderWorker } from '../../src/service/render-worker.ts';
import { FleetFixture } from '../support/fleet-fixture.ts';
import { until } from '../support/held-transactions.ts';
import { RedisServer } from '../support/redis-server.ts';
import { createTestContext } from '../support/test-context.ts';

// Fails if a worker that lost Redis never takes another job although it looks alive: the sweep is an hour away here, so
// only the queue can have rendered the second edit.
test(
  'a worker works on once a Redis that was killed is back, and is not called healthy meanwhile',
  { timeout: 60_000 },
  async () => {
    const redis = await RedisServer.start();
    onTestFinished(() => redis.remove());
    const here = await createTestContext({ env: { REDIS_URL: redis.url, MUSTER_SWEEP_INTERVAL: '1h' } });
    onTestFinished(() => here.close());
    const { queue } = here.context;
    const fleet = new FleetFixture(here);
    const worker = new RenderWorker(here.context);
    worker.start();
    onTestFinished(() => worker.stop());
    await until(() => queue.isHealthy());
    await fleet.create('a', { spec: { os: { image: 'quay.io/acme/a:1' } } });
    await until(async () => (await fleet.rendered('a')).version === 1);

    await redis.kill();
    await until(async () => !(await queue.isHealthy()));
    await redis.start();
    await until(() => queue.isHealthy());
    await fleet.edit('a', 'quay.io/acme/a:2');
    await until(async () => (await fleet.rendered('a')).version === 2);
    expect(await queue.isHealthy()).toBe(true);
  },
);
