import { afterEach, describe, expect, test } from 'vitest';
import { createListener, type Listener } from '../../src/listener/listener.ts';
import { healthRoutes } from '../../src/api/routes/health.ts';
import type { QueueState } from '../../src/queue/render-queue.ts';
import { RenderWorker } from '../../src/service/render-worker.ts';
import { until } from '../support/held-transactions.ts';
import { RedisServer } from '../support/redis-server.ts';
import { createTestContext } from '../support/test-context.ts';
import { useContext } from '../support/use-fleet.ts';

const closing: Array<() => Promise<unknown>> = [];

const here = await useContext();

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function listenerOn(context: Parameters<typeof healthRoutes>[0]): Promise<Listener> {
  const app = createListener(here.context.log);
  await app.register(healthRoutes(context));
  closing.push(() => app.close());
  return app;
}

async function readiness(
  app: Listener,
  { needs }: { needs?: 'queue' } = {},
): Promise<{ code: number; body: Record<string, unknown> }> {
  const response = await app.inject({ path: '/readyz', query: needs === undefined ? {} : { needs } });
  return { code: response.statusCode, body: response.json() };
}

const jobs = { waiting: 0, active: 0, delayed: 0, failed: 0 };
const queueThat = (state: QueueState) => ({ ...here.context.queue, state: async () => state });

describe('readiness', () => {
  test('names its parts when all is well; a process without a worker needs none', async () => {
    const app = await listenerOn(here.context);
    const ready = { code: 200, body: { state: 'ready', database: 'ok', queue: 'ok', worker: 'none' } };
    expect(await readiness(app)).toEqual(ready);
    expect(await readiness(app, { needs: 'queue' })).toEqual(ready);
  });

  test.each([
    [{ jobs, worker: 'lost' }, { queue: 'ok', worker: 'lost' }, 'the worker has lost its queue'],
    [{ jobs: undefined, worker: 'running' }, { queue: 'down', worker: 'ok' }, 'the queue does not answer'],
  ] as const)(
    'of a queue that is %j is degraded, and names the part; a process that is there to render is not ready',
    async (state, parts, message) => {
      const app = await listenerOn({ database: here.context.database, queue: queueThat(state) });
      const { code, body } = await readiness(app);
      expect({ code, body }).toMatchObject({ code: 200, body: { state: 'degraded', database: 'ok', ...parts } });
      expect(body['message']).toContain(`degraded: ${message};`);
      const response = await app.inject('/readyz?needs=queue');
      expect(response.statusCode).toBe(503);
      expect(response.headers['retry-after']).toBe('5');
      expect(response.json()).toMatchObject({
        kind: 'Status',
        code: 503,
        reason: 'ServiceUnavailable',
        message: `not ready: ${message}`,
        parts: { database: 'ok', ...parts },
      });
    },
  );

  test('that needs what there is not is refused', async () => {
    const app = await listenerOn(here.context);
    expect((await app.inject('/readyz?needs=luck')).statusCode).toBe(400);
  });

  test('of a database that fails, and of one that does not answer, says so; the process is alive all the same', async () => {
    const failing = { ...here.context.database, ping: async () => await Promise.reject(new Error('gone')) };
    const silent = { ...here.context.database, ping: async () => await new Promise<never>(() => undefined) };
    for (const database of [failing, silent]) {
      const app = await listenerOn({ database, queue: here.context.queue });
      expect(await readiness(app)).toMatchObject({
        code: 503,
        body: { message: 'not ready: the database cannot be reached', parts: { database: 'down', queue: 'ok' } },
      });
      expect((await app.inject('/healthz')).statusCode).toBe(200);
    }
  });

  test('of a worker whose Redis was killed says so, and is back with it', async () => {
    const redis = await RedisServer.start();
    closing.push(() => redis.remove());
    const own = await createTestContext({ env: { REDIS_URL: redis.url, MUSTER_SWEEP_INTERVAL: '1h' } });
    closing.push(() => own.close());
    const worker = new RenderWorker(own.context);
    worker.start();
    closing.push(() => worker.stop());
    const app = await listenerOn(own.context);
    await until(async () => (await readiness(app)).body['state'] === 'ready');
    expect((await readiness(app)).body).toEqual({ state: 'ready', database: 'ok', queue: 'ok', worker: 'ok' });
    await redis.kill();
    await until(async () => {
      const { code, body } = await readiness(app, { needs: 'queue' });
      return code === 503 && body['message'] === 'not ready: the queue does not answer; the worker has lost its queue';
    });
    expect(await readiness(app)).toMatchObject({
      code: 200,
      body: { state: 'degraded', queue: 'down', worker: 'lost' },
    });
    await redis.start();
    await until(async () => (await readiness(app)).body['state'] === 'ready');
    expect((await readiness(app, { needs: 'queue' })).code).toBe(200);
  });
});
