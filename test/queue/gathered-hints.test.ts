import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '../../src/log.ts';
import { openRenderQueue, type RenderJob } from '../../src/queue/render-queue.ts';
import { uuidv7 } from '../../src/uuid-v7.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

let database: TestDatabase;
const restore = uuidv7(new Date());

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

const open = () => openRenderQueue({ databaseUrl: database.url, redisUrl: undefined }, createLog('silent'));

const devicesOf = (jobs: readonly RenderJob[]) =>
  jobs.flatMap((job) => (job.kind === 'render-devices' ? job.devices : [])).toSorted();

test('hints for devices that come one by one share jobs, and every device is in one', async () => {
  const queue = open();
  const jobs: RenderJob[] = [];
  queue.work(
    (job) => {
      jobs.push(job);
      return Promise.resolve();
    },
    { concurrency: 1 },
  );
  const devices = Array.from({ length: 40 }, (_empty, index) => `d-${index}`).toSorted();
  for (const device of devices) queue.wantRendering(restore, [device]);
  while (devicesOf(jobs).length < devices.length) await sleep(20);
  expect(devicesOf(jobs)).toEqual(devices);
  expect(jobs).toHaveLength(2);
  await queue.close();
});

test('hints that wait to be sent together are sent when the queue closes', async () => {
  const closing = open();
  for (const device of ['first', 'second', 'third']) closing.wantRendering(restore, [device]);
  await closing.close();
  const queue = open();
  const jobs: RenderJob[] = [];
  queue.work(
    (job) => {
      jobs.push(job);
      return Promise.resolve();
    },
    { concurrency: 1 },
  );
  while (devicesOf(jobs).length < 3) await sleep(20);
  expect(devicesOf(jobs)).toEqual(['first', 'second', 'third']);
  await queue.close();
});
