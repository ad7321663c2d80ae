import { afterAll, expect, it, onTestFinished } from 'vitest';
import { createLog } from '../../../src/logging/log.ts';
import { openRenderQueue, type RenderJob } from '../../../src/queue/render-queue.ts';
import { freePort } from '../../support/servers.ts';
import { requireRedis } from '../../support/test-database.ts';

// Found by the fault rig on its first seed: the producer asked Redis for its version before it had connected, failed, and
// from then on no hint was sent and the service was never ready. The sweep rendered everything, three seconds late.

const log = createLog('silent');
const restore = '019aa000-0000-7000-8000-000000000000';
const queues: Array<{ close(): Promise<void> }> = [];
const open = (redisUrl: string) => {
  const queue = openRenderQueue({ databaseUrl: 'postgres://unused', redisUrl }, log);
  queues.push(queue);
  return queue;
};

afterAll(async () => {
  await Promise.all(queues.map((queue) => queue.close()));
});

it('brings a hint from one process to the worker of another by way of Redis', async () => {
  const [producer, worker] = [open(requireRedis()), open(requireRedis())];
  const jobs: RenderJob[] = [];
  worker.work(async (job) => void jobs.push(job), { concurrency: 1 });
  await expect.poll(() => producer.isHealthy()).toBe(true);

  producer.wantRendering(restore, ['one', 'two']);

  await expect.poll(() => jobs).toEqual([{ kind: 'render-devices', restore, devices: ['one', 'two'] }]);
});

it('is not healthy, does not wait and can be closed while there is no Redis', async () => {
  const queue = openRenderQueue(
    { databaseUrl: 'postgres://unused', redisUrl: `redis://127.0.0.1:${await freePort()}` },
    log,
  );
  onTestFinished(() => queue.close());

  queue.wantRendering(restore, ['one']);
  queue.discardOlderJobs();

  expect(await queue.isHealthy()).toBe(false);
});
