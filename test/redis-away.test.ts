import { expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../src/config/config.ts';
import { startService, type RunningService } from '../src/service/service.ts';
import { deviceRequest } from './support/documents.ts';
import { until } from './support/held-transactions.ts';
import { RedisServer } from './support/redis-server.ts';
import { scrape } from './support/scrape.ts';
import { createTestDatabase, requireRedis } from './support/test-database.ts';

type Answer = { readonly code: number; readonly body: Record<string, unknown> };

async function call(url: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(url, init);
  const text = await response.text();
  return { code: response.status, body: text === '' ? {} : JSON.parse(text) };
}

const post = (service: RunningService, path: string, body: unknown) =>
  call(`${service.api}/api/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

const image = (number: number) => `quay.io/acme/os:${number}`;

const edit = (service: RunningService, name: string, number: number) =>
  call(`${service.api}/api/v1/devices/${name}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json-patch+json' },
    body: JSON.stringify([{ op: 'replace', path: '/spec/os/image', value: image(number) }]),
  });

const poll = (service: RunningService, name: string, version: number) =>
  call(`${service.agent}/api/v1/devices/${name}/rendered?knownRenderedVersion=${version}`);

const readiness = (service: RunningService) => call(`${service.api}/readyz`);

/** Polls until a document is sent, as a device does. */
async function delivered(service: RunningService, name: string, version: number): Promise<Answer> {
  let last: Answer | undefined;
  await until(async () => {
    last = await poll(service, name, version);
    return last.code === 200;
  });
  if (last === undefined) throw new Error('there was no answer');
  return last;
}

async function serve(redis: RedisServer): Promise<RunningService> {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const service = await startService(
    readConfig({
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      MUSTER_API_LISTEN: '127.0.0.1:0',
      MUSTER_AGENT_LISTEN: '127.0.0.1:0',
      MUSTER_LOG_LEVEL: 'silent',
      MUSTER_POLL_TIMEOUT: '2s',
      MUSTER_SWEEP_INTERVAL: '300ms',
    }),
  );
  onTestFinished(() => service.stop());
  return service;
}

test('without Redis the service is ready and degraded: devices get what is new, people edit, declare and resume; and it is well once Redis is back', async () => {
  requireRedis();
  const redis = await RedisServer.start();
  onTestFinished(() => redis.remove());
  const service = await serve(redis);
  for (const name of ['a', 'b']) {
    expect(await post(service, '/devices', deviceRequest(name, { spec: { os: { image: image(1) } } }))).toMatchObject({
      code: 201,
    });
    expect((await delivered(service, name, 0)).body).toMatchObject({ spec: { os: { image: image(1) } } });
  }
  await until(async () => (await readiness(service)).body['state'] === 'ready');

  await redis.kill();
  await until(async () => (await readiness(service)).body['state'] === 'degraded');
  expect(await readiness(service)).toMatchObject({
    code: 200,
    body: { database: 'ok', queue: 'down', worker: 'lost' },
  });
  const without = await scrape(service.api);
  expect([without.get('muster_database_up'), without.get('muster_queue_up'), without.get('muster_worker_up')]).toEqual([
    1, 0, 0,
  ]);
  // A device that polls gets what a person writes meanwhile.
  const [document, edited] = await Promise.all([delivered(service, 'a', 1), edit(service, 'a', 2)]);
  expect(edited.code).toBe(200);
  expect(document.body).toMatchObject({ spec: { os: { image: image(2) } } });
  // A whole muster: declared, answered, in conflict, resumed, delivered.
  expect((await post(service, '/restores', { reason: 'INC-1' })).code).toBe(201);
  expect((await poll(service, 'a', 2)).code).toBe(204);
  expect((await poll(service, 'b', 7)).code).toBe(204);
  const resumed = await post(service, '/deviceactions/resume', { fieldSelector: 'metadata.name=b' });
  expect(resumed).toMatchObject({ code: 200, body: { resumedDevices: 1 } });
  expect((await delivered(service, 'b', 7)).body).toMatchObject({
    metadata: { annotations: { 'device-controller/renderedVersion': '8' } },
  });

  await redis.start();
  await until(async () => (await readiness(service)).body['state'] === 'ready');
  const withRedis = await scrape(service.api);
  expect([withRedis.get('muster_queue_up'), withRedis.get('muster_worker_up')]).toEqual([1, 1]);
  expect((await edit(service, 'a', 3)).code).toBe(200);
  expect((await delivered(service, 'a', 2)).body).toMatchObject({ spec: { os: { image: image(3) } } });
}, 60_000);

test('a service that finds no Redis when it starts serves all the same, after the time that the first look gives Redis', async () => {
  requireRedis();
  const redis = await RedisServer.start();
  onTestFinished(() => redis.remove());
  await redis.kill();
  const began = performance.now();
  const service = await serve(redis);
  expect(performance.now() - began).toBeGreaterThan(9_000);
  expect(await readiness(service)).toMatchObject({ code: 200, body: { state: 'degraded' } });
  await post(service, '/devices', deviceRequest('a', { spec: { os: { image: image(1) } } }));
  expect((await delivered(service, 'a', 0)).body).toMatchObject({ spec: { os: { image: image(1) } } });
}, 60_000);
