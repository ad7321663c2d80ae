import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../src/config/config.ts';
import { startService, type RunningService } from '../src/service/service.ts';
import { deviceRequest } from './support/documents.ts';
import { until } from './support/held-transactions.ts';
import { redisDatabase } from './support/redis-server.ts';
import { SocketDevice } from './support/socket-device.ts';
import { createTestDatabase, requireRedis, type TestDatabase } from './support/test-database.ts';

let database: TestDatabase;
let a: RunningService;
let b: RunningService;

beforeAll(async () => {
  database = await createTestDatabase();
  const redis = await redisDatabase(requireRedis(), 12);
  const start = (worker: boolean) =>
    startService(
      readConfig({
        DATABASE_URL: database.url,
        REDIS_URL: redis,
        MUSTER_API_LISTEN: '127.0.0.1:0',
        MUSTER_AGENT_LISTEN: '127.0.0.1:0',
        MUSTER_WORKER: String(worker),
        MUSTER_LOG_LEVEL: 'silent',
        MUSTER_NOTICE_AHEAD: 'off',
        // What one instance does not tell the other is found by nobody while these tests run.
        MUSTER_SWEEP_INTERVAL: '1h',
        MUSTER_POLL_TIMEOUT: '20s',
      }),
    );
  [a, b] = await Promise.all([start(false), start(true)]);
});

afterAll(async () => {
  await Promise.all([a, b].map((service) => service.stop()));
  await database.drop();
});

async function post(service: RunningService, path: string, body: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(`${service.api}/api/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  expect({ ok: response.ok, answer }).toMatchObject({ ok: true });
  return answer;
}

const create = (name: string) =>
  post(b, '/devices', deviceRequest(name, { spec: { os: { image: `quay.io/acme/${name}:1` } } }));
const resume = (name: string) => post(b, '/deviceactions/resume', { fieldSelector: `metadata.name=${name}` });

const poll = (service: RunningService, name: string, version: number) =>
  fetch(`${service.agent}/api/v1/devices/${name}/rendered?knownRenderedVersion=${version}`);

/** A poll on A that has been judged and waits for news. */
async function parked(name: string, version: number): Promise<{ answer: Promise<Response> }> {
  const waiting = async () => {
    const metrics = await (await fetch(`${a.api}/metrics`)).text();
    return Number(/^muster_long_polls_waiting (\d+)$/m.exec(metrics)?.[1]);
  };
  const before = await waiting();
  const answer = poll(a, name, version);
  await until(async () => (await waiting()) > before);
  return { answer };
}

/** A device that runs what the service on which it is connected sent it. */
async function connected(service: RunningService, name: string): Promise<SocketDevice> {
  const device = await SocketDevice.connect(service.agent, name);
  await device.ask();
  await device.next('rendered');
  await device.ask({ renderedVersion: '1' });
  return device;
}

/** Measures how long something takes to be told, and says so: how long it may take depends on the machine. */
async function told<Result>(what: string, begin: () => Promise<unknown>, end: Promise<Result>): Promise<Result> {
  const from = performance.now();
  await begin();
  const result = await end;
  process.stdout.write(`${what}: told after ${Math.round(performance.now() - from)} ms\n`);
  return result;
}

describe('a device that is connected to one instance', () => {
  test('is sent what another one renders, is asked about a restore declared there, and told of a resume made there', async () => {
    await create('ws');
    const device = await connected(a, 'ws');
    onTestFinished(() => device.close());
    await told('restore on B, WebSocket on A', () => post(b, '/restores', {}), device.next('report-request'));
    expect(await device.ask({ renderedVersion: '7' })).toMatchObject({ verdict: 'Ahead', gate: 'ConflictPaused' });
    const sent = await told('resume on B, WebSocket on A', () => resume('ws'), device.next('rendered'));
    expect(sent.device.metadata.annotations?.['device-controller/renderedVersion']).toBe('8');
    expect(await device.ask({ renderedVersion: '8' })).toMatchObject({ verdict: 'InSync', gate: 'Open' });
  });

  test('is closed there with 4001 when it connects to another one, and not on that one', async () => {
    await create('moving');
    const first = await connected(a, 'moving');
    const second = await told('connection to B, older one on A', async () => undefined, moveTo(b, first));
    const third = await moveTo(a, second);
    onTestFinished(() => third.close());
    expect(await third.ask({ renderedVersion: '1' })).toMatchObject({ verdict: 'InSync' });
  });

  test('keeps exactly one of several connections that it makes at the same time', async () => {
    await create('hasty');
    const devices = await Promise.all([a, b, a, b].map((service) => SocketDevice.connect(service.agent, 'hasty')));
    const closed = new Map<SocketDevice, number>();
    for (const device of devices) void device.closed.then(({ code }) => closed.set(device, code));
    await until(() => closed.size === devices.length - 1);
    const [left] = devices.filter((device) => !closed.has(device));
    // The last of them may be told to come back later: so many living connections are two machines, for all that is known.
    for (const code of closed.values()) expect([4001, 1013]).toContain(code);
    expect(await left?.ask()).toMatchObject({ gate: 'Open' });
    await left?.close();
  });
});

async function moveTo(service: RunningService, older: SocketDevice): Promise<SocketDevice> {
  const newer = await SocketDevice.connect(service.agent, 'moving');
  expect((await older.closed).code).toBe(4001);
  return newer;
}

describe('a device that polls one instance', () => {
  test('is sent what another one resumed, and its poll is ended by a restore declared there', async () => {
    await create('poll');
    await until(async () => (await poll(a, 'poll', 0)).status === 200);
    const ended = await parked('poll', 1);
    const answer = await told('restore on B, poll on A', () => post(b, '/restores', {}), ended.answer);
    expect(answer).toMatchObject({ status: 204 });
    expect(answer.headers.get('muster-gate')).toBe('AwaitingReconnect');
    const paused = await poll(a, 'poll', 7);
    expect([paused.status, paused.headers.get('muster-gate')]).toEqual([204, 'ConflictPaused']);
    const waiting = await parked('poll', 7);
    const sent = await told('resume on B, poll on A', () => resume('poll'), waiting.answer);
    expect(sent.status).toBe(200);
    expect(await sent.json()).toMatchObject({
      metadata: { annotations: { 'device-controller/renderedVersion': '8' } },
      spec: { os: { image: 'quay.io/acme/poll:1' } },
    });
  });
});
