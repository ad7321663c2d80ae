import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createLog } from '../../src/logging/log.ts';
import { openRenderQueue, type RenderJob, type RenderQueue } from '../../src/queue/render-queue.ts';
import { until } from '../support/held-transactions.ts';
import { flush, redisDatabase, RedisServer } from '../support/redis-server.ts';
import { createTestDatabase, requireRedis } from '../support/test-database.ts';

const log = createLog('silent');
const [before, now] = ['0190aaaa-0000-7000-8000-000000000001', '0190aaaa-0000-7000-8000-000000000002'] as const;

const devicesOf = (...jobs: readonly RenderJob[]): string[] =>
  jobs.flatMap((job) => (job.kind === 'render-devices' ? job.devices : []));

const backends = {
  async Postgres() {
    const database = await createTestDatabase();
    const client = postgres(database.url, { max: 1, onnotice: () => undefined });
    return {
      urls: { databaseUrl: database.url, redisUrl: undefined },
      forget: async () => {
        const tables = await client`SELECT tablename FROM pg_tables WHERE schemaname = 'bullmq'`;
        for (const { tablename } of tables) {
          if (!/migration|version|queue_meta/.test(String(tablename)))
            await client`DELETE FROM ${client(`bullmq.${tablename}`)}`;
        }
      },
      remove: async () => {
        await client.end();
        await database.drop();
      },
    };
  },
  async Redis() {
    const redisUrl = await redisDatabase(requireRedis(), 11);
    return {
      urls: { databaseUrl: 'postgres://127.0.0.1:1/none', redisUrl },
      forget: () => flush(redisUrl),
      remove: async () => undefined,
    };
  },
};

describe.each(Object.keys(backends) as Array<keyof typeof backends>)('the queue on %s', (name) => {
  let backend: Awaited<ReturnType<(typeof backends)[typeof name]>>;
  const queues: RenderQueue[] = [];

  beforeAll(async () => {
    backend = await backends[name]();
    // Makes its tables, where it has some.
    await ready();
  });

  afterAll(async () => {
    await backend.remove();
  });

  beforeEach(async () => {
    await backend.forget();
  });

  afterEach(async () => {
    await Promise.all(queues.splice(0).map((queue) => queue.close()));
  });

  function open(): RenderQueue {
    const queue = openRenderQueue(backend.urls, log);
    queues.push(queue);
    return queue;
  }

  /** A queue that is ready to take hints. */
  async function ready(): Promise<RenderQueue> {
    const queue = open();
    await until(() => queue.isHealthy());
    return queue;
  }

  /** A worker that writes down what it is given. */
  function worker(handle: (job: RenderJob) => Promise<void> = async () => undefined): RenderJob[] {
    const jobs: RenderJob[] = [];
    open().work(
      async (job) => {
        jobs.push(job);
        await handle(job);
      },
      { concurrency: 1 },
    );
    return jobs;
  }

  test('brings a job to a worker, with its names and its restore', async () => {
    const jobs = worker();
    const queue = await ready();
    queue.wantRendering(now, ['a', 'b']);
    queue.wantRollout(now, 'north');
    await until(() => jobs.length === 2);
    expect(jobs).toContainEqual({ kind: 'render-devices', restore: now, devices: ['a', 'b'] });
    expect(jobs).toContainEqual({ kind: 'roll-out-fleet', restore: now, fleet: 'north' });
  });

  test('brings each hint to one worker, and many that come one by one in few jobs', async () => {
    const [one, other] = [worker(), worker()];
    const queue = await ready();
    const names = Array.from({ length: 60 }, (_, n) => `d-${String(n).padStart(2, '0')}`);
    for (const name of names) queue.wantRendering(now, [name]);
    queue.wantRendering(before, ['other']);
    await until(() => devicesOf(...one, ...other).length > names.length);
    await sleep(100);
    expect(devicesOf(...one, ...other).toSorted()).toEqual([...names, 'other']);
    expect(one.length + other.length).toBeLessThan(10);
  });

  test('parts a long list into jobs that several workers can share', async () => {
    const jobs = worker();
    const names = Array.from({ length: 1_200 }, (_, n) => `d-${n}`);
    (await ready()).wantRendering(now, names);
    await until(() => devicesOf(...jobs).length === names.length);
    expect(jobs.length).toBeGreaterThan(1);
    expect(devicesOf(...jobs).toSorted()).toEqual(names.toSorted());
  });

  test('says nothing of no devices', async () => {
    const jobs = worker();
    const queue = await ready();
    queue.wantRendering(now, []);
    queue.wantRendering(now, ['a']);
    await until(() => jobs.length > 0);
    expect(jobs).toHaveLength(1);
  });

  test('keeps what no worker took, for one that comes later', async () => {
    const queue = await ready();
    queue.wantRendering(now, ['a']);
    await queue.close();
    queues.splice(queues.indexOf(queue), 1);
    const jobs = worker();
    await until(() => jobs.length === 1);
  });

  test('keeps what was hinted right before it is closed', async () => {
    const queue = await ready();
    for (const name of ['a', 'b', 'c']) queue.wantRendering(now, [name]);
    await queue.close();
    queues.splice(queues.indexOf(queue), 1);
    const jobs = worker();
    await until(() => devicesOf(...jobs).length === 3);
  });

  test('discards older jobs, and brings those that come after', async () => {
    const queue = await ready();
    for (let n = 0; n < 5; n += 1) queue.wantRollout(before, `old-${n}`);
    await queue.close();
    queues.splice(queues.indexOf(queue), 1);
    const next = await ready();
    next.discardOlderJobs();
    await next.close();
    queues.splice(queues.indexOf(next), 1);
    const jobs = worker();
    (await ready()).wantRendering(now, ['a']);
    await until(() => jobs.length > 0);
    expect(jobs).toEqual([{ kind: 'render-devices', restore: now, devices: ['a'] }]);
  });

  test('tries a failing job again, then sets it aside and goes on', async () => {
    const jobs = worker(async (job) => {
      if (job.kind === 'roll-out-fleet') throw new Error('poison');
    });
    const queue = await ready();
    queue.wantRollout(now, 'bad');
    await until(() => jobs.length === 3);
    queue.wantRendering(now, ['a']);
    await until(() => jobs.some(({ kind }) => kind === 'render-devices'));
    await sleep(300);
    expect(jobs.filter(({ kind }) => kind === 'roll-out-fleet')).toHaveLength(3);
  });

  test('lets a running job end when it is closed, and takes no other', async () => {
    let ended = 0;
    let begun = 0;
    const queue = open();
    queue.work(
      async () => {
        begun += 1;
        await sleep(150);
        ended += 1;
      },
      { concurrency: 1 },
    );
    const producer = await ready();
    for (let n = 0; n < 3; n += 1) producer.wantRollout(now, `f-${n}`);
    await until(() => begun === 1);
    await queue.close();
    queues.splice(queues.indexOf(queue), 1);
    expect({ begun, ended }).toEqual({ begun: 1, ended: 1 });
  });
});

describe('a queue on Postgres', () => {
  test('outlives the loss of all its connections, at work or not, and works again', async () => {
    const database = await createTestDatabase();
    onTestFinished(() => database.drop());
    const queue = openRenderQueue({ databaseUrl: database.url, redisUrl: undefined }, log);
    const jobs: RenderJob[] = [];
    queue.work(async (job) => void jobs.push(job), { concurrency: 2 });
    await until(() => queue.isHealthy());
    queue.wantRendering(now, ['a']);
    await until(() => devicesOf(...jobs).includes('a'));
    const client = postgres(database.url, { max: 1 });
    for (let n = 0; n < 3; n += 1) {
      for (let hint = 0; hint < 20; hint += 1) queue.wantRollout(now, `f-${hint}`);
      await client`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`;
      await sleep(50);
    }
    await client.end();
    await until(() => queue.isHealthy());
    await until(async () => {
      queue.wantRendering(now, ['b']);
      await sleep(50);
      return devicesOf(...jobs).includes('b');
    });
    await queue.close();
  });
});

describe('a queue that cannot be reached', () => {
  test.each([
    ['Postgres', { databaseUrl: 'postgres://127.0.0.1:1/none', redisUrl: undefined }],
    ['Redis', { databaseUrl: 'postgres://127.0.0.1:1/none', redisUrl: 'redis://127.0.0.1:1' }],
  ])(
    'on %s takes hints all the same, without a word; says that it is not healthy; and can be closed',
    async (_name, urls) => {
      const queue = openRenderQueue(urls, log);
      for (let n = 0; n < 10; n += 1) {
        queue.wantRendering(now, ['a']);
        queue.wantRollout(now, 'north');
        queue.discardOlderJobs();
      }
      expect(await queue.isHealthy()).toBe(false);
      await queue.close();
    },
  );

  test('on Redis says so while that is away, and works again once it is back, empty', async () => {
    const redis = await RedisServer.start();
    const urls = { databaseUrl: 'postgres://127.0.0.1:1/none', redisUrl: redis.url };
    const queue = openRenderQueue(urls, log);
    const jobs: RenderJob[] = [];
    queue.work(async (job) => void jobs.push(job), { concurrency: 2 });
    await until(() => queue.isHealthy());
    queue.wantRendering(now, ['a']);
    await until(() => jobs.length === 1);
    await redis.kill();
    await until(async () => !(await queue.isHealthy()));
    queue.wantRendering(now, ['lost']);
    await redis.start();
    await until(() => queue.isHealthy());
    queue.wantRendering(now, ['b']);
    await until(() => devicesOf(...jobs).includes('b'));
    await queue.close();
    await redis.remove();
  });

  test('on Redis can be closed while that is away', async () => {
    const redis = await RedisServer.start();
    const queue = openRenderQueue({ databaseUrl: 'postgres://127.0.0.1:1/none', redisUrl: redis.url }, log);
    queue.work(async () => undefined, { concurrency: 1 });
    await until(() => queue.isHealthy());
    await redis.kill();
    await queue.close();
    await redis.remove();
  });
});
