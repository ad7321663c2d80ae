import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectDatabase } from '../../src/db/client.ts';
import { ServiceMetrics } from '../../src/metrics/service-metrics.ts';
import { parseScrape } from '../../src/metrics/text-format.ts';
import type { QueueState } from '../../src/queue/render-queue.ts';
import { createTestContext, type TestContext } from '../support/test-context.ts';

let here: TestContext;

beforeAll(async () => {
  here = await createTestContext();
});

afterAll(async () => {
  await here.close();
});

const jobs = { waiting: 3, active: 1, delayed: 0, failed: 0 };

test('what cannot be found out is left out of a scrape, not given its old value', async () => {
  let isAway = false;
  const real = here.context.database;
  const gone = connectDatabase('postgres://127.0.0.1:1/none', { poolSize: 2, applicationName: 'muster-test' });
  const database = {
    ...real,
    ping: () => (isAway ? gone : real).ping(),
    get pool() {
      return (isAway ? gone : real).pool;
    },
  };
  const state = async (): Promise<QueueState> =>
    isAway ? { jobs: undefined, worker: 'lost' } : { jobs, worker: 'running' };
  const metrics = new ServiceMetrics({ database, queue: { state }, clock: here.clock });

  const before = parseScrape(await metrics.scrape()).samples;
  expect(before.get('muster_devices{gate="Open"}')).toBe(0);
  expect(before.get('muster_render_queue_jobs{state="waiting"}')).toBe(3);
  expect(before.get('muster_render_oldest_wanted_age_seconds')).toBe(0);
  expect([before.get('muster_database_up'), before.get('muster_queue_up'), before.get('muster_worker_up')]).toEqual([
    1, 1, 1,
  ]);

  isAway = true;
  const away = parseScrape(await metrics.scrape()).samples;
  expect([away.get('muster_database_up'), away.get('muster_queue_up'), away.get('muster_worker_up')]).toEqual([
    0, 0, 0,
  ]);
  const known = [...away.keys()].filter((series) =>
    /^muster_(devices|render_queue_jobs|render_oldest|restore_declared|database_ping)/.test(series),
  );
  expect(known).toEqual([]);

  isAway = false;
  await gone.close();
  expect(parseScrape(await metrics.scrape()).samples.get('muster_devices{gate="Open"}')).toBe(0);
});

test('two services in one process count each for itself', async () => {
  const deps = { database: here.context.database, queue: here.context.queue, clock: here.clock };
  const [one, other] = [new ServiceMetrics(deps), new ServiceMetrics(deps)];
  one.shed('503');
  const series = 'muster_sheds_total{reason="503"}';
  expect(parseScrape(await one.scrape()).samples.get(series)).toBe(1);
  expect(parseScrape(await other.scrape()).samples.get(series)).toBe(0);
});
