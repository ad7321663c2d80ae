import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { connectDatabase } from '../../src/db/client.ts';
import { noJournal } from '../../src/journal/journal.ts';
import { ServiceMetrics } from '../../src/metrics/service-metrics.ts';
import { parseScrape } from '../../src/metrics/text-format.ts';
import type { QueueState } from '../../src/queue/render-queue.ts';
import { FleetFixture } from '../support/fleet-fixture.ts';
import { useContext } from '../support/use-fleet.ts';

const here = await useContext();

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
  const metrics = new ServiceMetrics({
    database,
    queue: { state },
    journal: noJournal,
    clock: here.clock,
    config: here.context.config,
  });

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
  const { database, queue, config } = here.context;
  const deps = { database, queue, journal: noJournal, clock: here.clock, config };
  const [one, other] = [new ServiceMetrics(deps), new ServiceMetrics(deps)];
  one.shed('503');
  const series = 'muster_sheds_total{reason="503"}';
  expect(parseScrape(await one.scrape()).samples.get(series)).toBe(1);
  expect(parseScrape(await other.scrape()).samples.get(series)).toBe(0);
});

test('certificates of devices are told by when they end, without those of decommissioned devices', async () => {
  const { database, queue, config } = here.context;
  const metrics = new ServiceMetrics({ database, queue, journal: noJournal, clock: here.clock, config });
  const look = async () => {
    const { samples } = parseScrape(await metrics.scrape());
    const count = (state: string) => samples.get(`muster_device_certificates{state="${state}"}`);
    const next = samples.get('muster_device_certificate_next_expiry_timestamp_seconds');
    return { expiring: count('expiring'), expired: count('expired'), next };
  };
  expect(await look()).toEqual({ expiring: 0, expired: 0, next: undefined });

  const fleet = new FleetFixture(here);
  const day = 86_400_000;
  const now = here.clock.now().getTime();
  for (const [name, days, lifecycle] of [
    ['expired-1', -1, null],
    ['expired-2', 0, 'Enrolled'],
    ['gone', -5, 'Decommissioned'],
    ['soon', 29, 'Enrolled'],
    ['later', 31, 'Enrolled'],
    ['leaving', 1, 'Decommissioning'],
  ] as const) {
    await fleet.create(name);
    const at = new Date(now + days * day).toISOString();
    await database.pool.execute(
      sql`UPDATE devices SET certificate_expires_at = ${at}::timestamptz, lifecycle = ${lifecycle} WHERE name = ${name}`,
    );
  }
  expect(await look()).toEqual({ expiring: 1, expired: 2, next: (now + 29 * day) / 1_000 });
});

test('short certificates are expiring in the last quarter of their life', async () => {
  const { database, queue } = here.context;
  const config = { deviceCertificateDays: 40 };
  const metrics = new ServiceMetrics({ database, queue, journal: noJournal, clock: here.clock, config });
  const { samples } = parseScrape(await metrics.scrape());
  expect(samples.get('muster_device_certificates{state="expiring"}')).toBe(0);
});
