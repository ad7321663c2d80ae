import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { z } from 'zod';
import { lockForDeclaring } from '../src/db/fence.ts';
import { DeliveryWitness } from '../src/simulator/delivery-witness.ts';
import { togetherObserving } from '../src/simulator/device-observer.ts';
import { OrderWitness } from '../src/simulator/order-witness.ts';
import { fresh } from '../src/simulator/starting-point.ts';
import { SimulatedFleet, type Member, type Transport } from '../src/simulator/simulated-fleet.ts';
import { startMuster, type Ended, type MusterProcess } from './cli/muster-process.ts';
import { deviceRequest } from './support/documents.ts';
import { connectTo, holdTransaction, until, untilWaiting } from './support/held-transactions.ts';
import { LoadBalancer } from './support/load-balancer.ts';
import { redisDatabase } from './support/redis-server.ts';
import { SocketDevice } from './support/socket-device.ts';
import { createTestDatabase, requireRedis, type TestDatabase } from './support/test-database.ts';

// Every service is a process of its own, which takes its time to start.
vi.setConfig({ testTimeout: 420_000 });

type Service = { readonly api: string; readonly agent: string; readonly process: MusterProcess };

const transports: readonly Transport[] = ['http', 'ws'];
const [deviceCount, aheadCount] = [500, 50];
/** The spec of every device, of two providers that an agent gets as one. */
const spec = {
  os: { image: 'quay.io/acme/os:1' },
  config: [
    { name: 'base', inline: [{ path: '/etc/acme/base.conf', content: 'base', mode: 0o600 }] },
    { name: 'site', inline: [{ path: '/etc/acme/site.conf', content: 'site' }] },
  ],
  applications: [{ name: 'telemetry', appType: 'container', image: 'quay.io/acme/telemetry:1' }],
};
const listening = z.object({ api: z.url(), agent: z.url() });
/**
 * Errors that a device may meet while the service it talks to is restarted, on a machine on which that takes long; anything else
 * is the service's mistake.
 */
const restartErrors =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|UND_ERR_SOCKET|socket hang up|other side closed|closed with 1006|Opening handshake has timed out)$/;

let database: TestDatabase;
let env: Record<string, string>;
const services: Service[] = [];
const fleets: SimulatedFleet[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
  env = {
    DATABASE_URL: database.url,
    MUSTER_LOG_LEVEL: 'info',
    MUSTER_POLL_TIMEOUT: '1s',
    MUSTER_SWEEP_INTERVAL: '500ms',
    MUSTER_SHUTDOWN_TIMEOUT: '20s',
  };
});

afterEach(async () => {
  await Promise.all(fleets.splice(0).map((fleet) => fleet.stop()));
  for (const { process } of services.splice(0)) {
    process.process.kill('SIGKILL');
    await process.ended;
  }
  await database.drop();
});

async function serve(at: { api: string; agent: string } = { api: 'http://127.0.0.1:0', agent: 'http://127.0.0.1:0' }) {
  const process = startMuster(['serve'], {
    env: { ...env, MUSTER_API_LISTEN: new URL(at.api).host, MUSTER_AGENT_LISTEN: new URL(at.agent).host },
  });
  const [line] = await process.writes(/\{"event":"listening".*\}/);
  const service: Service = { ...listening.parse(JSON.parse(line)), process };
  services.push(service);
  return service;
}

async function terminate({ process }: Service): Promise<Ended> {
  process.process.kill('SIGTERM');
  return await process.ended;
}

async function call(api: string, method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> {
  const init =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const response = await fetch(`${api}/api/v1${path}`, { method, ...init });
  expect({ path, ok: response.ok }).toEqual({ path, ok: true });
  return await response.json();
}

const restoreSchema = z.object({
  metadata: z.object({ name: z.string() }),
  status: z.object({ devices: z.record(z.string(), z.number()) }),
});
const eventsSchema = z.object({ items: z.array(z.object({ involvedObject: z.object({ name: z.string() }) })) });

/** Devices that all run version 1, and say so after a restore; the first of them claim to be far ahead. */
async function stormOf(api: string, agentServer: string) {
  const orders = new OrderWitness();
  const names = Array.from({ length: deviceCount }, (_, index) => `storm-${String(index).padStart(3, '0')}`);
  for (let start = 0; start < names.length; start += 50) {
    await Promise.all(
      names.slice(start, start + 50).map((name) => call(api, 'POST', '/devices', deviceRequest(name, { spec }))),
    );
  }
  for (const name of names) orders.written(name, () => spec);
  const fleetOf = (members: Member[], witness = new DeliveryWitness()) => {
    const fleet = new SimulatedFleet({
      agentServer,
      members,
      reconnect: { firstMs: 50, capMs: 500 },
      observer: togetherObserving(witness, orders),
    });
    fleets.push(fleet);
    return fleet;
  };
  const first = fleetOf(
    names.map((name, index) => ({ name, transport: transports[index % 2] ?? 'http', start: fresh })),
  );
  first.start();
  await until(() => first.devices.every(({ position, isConfirmed }) => position.version === 1 && isConfirmed));
  await first.stop();
  const restore = restoreSchema.parse(await call(api, 'POST', '/restores', {})).metadata.name;
  const witness = new DeliveryWitness();
  const members = first.devices.map(({ name, position, spec }, index): Member => {
    const at = index < aheadCount ? { ...position, version: 9 } : position;
    return { name, transport: transports[index % 2] ?? 'http', start: { position: at, spec } };
  });
  return { restore, witness, orders, fleet: fleetOf(members, witness) };
}

type Storm = Awaited<ReturnType<typeof stormOf>>;

async function untilAllAnswered({ fleet, restore }: Storm): Promise<void> {
  await until(() =>
    fleet.devices.every(
      ({ answer, isConfirmed }) => isConfirmed && answer?.restore === restore && answer.gate !== 'AwaitingReconnect',
    ),
  );
}

/** Every device was judged once, and is where it should be; and met nothing but what a restart explains. */
async function expectNothingLost({ fleet, restore, witness, orders }: Storm, api: string): Promise<void> {
  const { status } = restoreSchema.parse(await call(api, 'GET', `/restores/${restore}`));
  expect(status.devices).toMatchObject({
    total: deviceCount,
    awaitingReconnect: 0,
    answered: deviceCount,
    conflictPaused: aheadCount,
    inSync: deviceCount - aheadCount,
    behind: 0,
  });
  const paused = eventsSchema.parse(
    await call(api, 'GET', '/events?limit=1000&fieldSelector=reason%3DDeviceConflictPaused'),
  );
  const names = paused.items.map(({ involvedObject }) => involvedObject.name);
  expect(names.toSorted()).toEqual(fleet.devices.slice(0, aheadCount).map(({ name }) => name));
  expect(witness.violations).toEqual([]);
  expect(orders.unordered).toEqual([]);
  expect(fleet.counters.errors.filter(([kind]) => !restartErrors.test(kind))).toEqual([]);
}

/** It ended by itself, in order, and had nothing to complain about. */
function expectOrderlyEnd({ code, stderr }: Ended): void {
  const lines = stderr
    .split('\n')
    .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as { level: number; msg: string }] : []));
  const complaints = lines.filter(({ level }) => level >= 40).map(({ msg }) => msg);
  expect(complaints.filter((complaint) => !complaint.includes('no authentication'))).toEqual([]);
  expect(lines.at(-1)?.msg).toBe('stopped');
  expect(code).toBe(0);
}

test('kill -TERM in the middle of a storm of 500 devices: every report is answered or retried, and nothing is lost', async () => {
  const service = await serve();
  const storm = await stormOf(service.api, service.agent);
  storm.fleet.start({ ratePerSecond: 500 });
  await until(() => storm.fleet.counters.answered.size >= 100);
  const ended = terminate(service);
  expect(storm.fleet.counters.answered.size).toBeLessThan(deviceCount);
  expectOrderlyEnd(await ended);
  const again = await serve(service);
  await untilAllAnswered(storm);
  await expectNothingLost(storm, again.api);
  expectOrderlyEnd(await terminate(again));
});

test('two instances are replaced one after the other under the storm, and nothing is lost', async () => {
  env['REDIS_URL'] = await redisDatabase(requireRedis(), 14);
  const old = await Promise.all([serve(), serve()]);
  const portOf = ({ agent }: Service) => Number(new URL(agent).port);
  const balancer = await LoadBalancer.start(old.map(portOf));
  try {
    const storm = await stormOf(old[0].api, `http://127.0.0.1:${balancer.port}`);
    const next = await Promise.all([serve(), serve()]);
    storm.fleet.start({ ratePerSecond: 250 });
    for (const [index, service] of old.entries()) {
      const answered = storm.fleet.counters.reports;
      await until(() => storm.fleet.counters.reports >= answered + 100);
      const replaced = [...balancer.targets];
      replaced[index] = portOf(next[index] ?? service);
      const ended = terminate(service);
      balancer.targets = replaced;
      expectOrderlyEnd(await ended);
    }
    await untilAllAnswered(storm);
    await expectNothingLost(storm, next[0].api);
    for (const service of next) expectOrderlyEnd(await terminate(service));
  } finally {
    await balancer.close();
  }
});

test('a report that was taken before the signal is answered before the goodbye, by poll and by WebSocket', async () => {
  const service = await serve();
  for (const name of ['polls', 'talks']) await call(service.api, 'POST', '/devices', deviceRequest(name));
  const declaring = connectTo(database);
  const held = await holdTransaction(declaring, lockForDeclaring);
  const talks = await SocketDevice.connect(service.agent, 'talks');
  talks.report({ id: 7, renderedVersion: '0' });
  const polled = fetch(`${service.agent}/api/v1/devices/polls/rendered?knownRenderedVersion=0`);
  await untilWaiting(declaring);
  const ended = terminate(service);
  await until(() => service.process.stderr().includes('"stopping"'));
  await held.commit();
  expect((await polled).status).toBeLessThan(300);
  expect(await talks.next('verdict')).toMatchObject({ id: 7 });
  expect(await talks.closed).toEqual({ code: 1001, reason: 'shutting down' });
  expectOrderlyEnd(await ended);
  await declaring.close();
});

/** Says some bytes and then nothing more, and reads nothing. */
async function standStill(url: string, bytes = ''): Promise<Socket> {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1' });
  socket.on('error', () => undefined).pause();
  await once(socket, 'connect');
  socket.write(bytes);
  return socket;
}

const upgrade = [
  'GET /api/v1/devices/mute/connect HTTP/1.1',
  'Host: localhost',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  'Sec-WebSocket-Protocol: muster.v1',
  '\r\n',
].join('\r\n');

test('clients that stand still do not keep it from stopping in time', async () => {
  env['MUSTER_SHUTDOWN_TIMEOUT'] = '3s';
  const service = await serve();
  await call(service.api, 'POST', '/devices', deviceRequest('mute'));
  await call(service.api, 'POST', '/restores', {});
  const sockets = [
    await standStill(service.agent),
    await standStill(service.api),
    await standStill(service.agent, 'GET /api/v1/devices/mute/rendered HTTP/1.1\r\nHost'),
    await standStill(service.agent, upgrade),
    await standStill(service.api, 'GET /api/v1/restores/current/watch HTTP/1.1\r\nHost: localhost\r\n\r\n'),
  ];
  await until(async () => (await fetch(`${service.api}/healthz`)).ok);
  const { code, stderr } = await terminate(service);
  expect({ code, last: stderr.trimEnd().split('\n').at(-1) }).toEqual({
    code: 0,
    last: expect.stringContaining('"stopped"') as string,
  });
  for (const socket of sockets) socket.destroy();
});

test('a database that does not answer does not keep it from stopping in time, and what was not judged is judged later', async () => {
  env['MUSTER_SHUTDOWN_TIMEOUT'] = '3s';
  const service = await serve();
  await call(service.api, 'POST', '/devices', deviceRequest('waits'));
  const declaring = connectTo(database);
  const held = await holdTransaction(declaring, lockForDeclaring);
  const device = await SocketDevice.connect(service.agent, 'waits');
  device.report({ id: 1, renderedVersion: '0' });
  await untilWaiting(declaring);
  const { code, stderr } = await terminate(service);
  expect(code).toBe(0);
  expect(stderr).toContain('did not end in time');
  expect((await device.closed).code).toBe(1001);
  await held.commit();
  const again = await serve(service);
  const back = await SocketDevice.connect(again.agent, 'waits');
  onTestFinished(() => back.close());
  expect(await back.ask({ id: 2, renderedVersion: '0' })).toMatchObject({ id: 2, gate: 'Open' });
  await declaring.close();
});
