import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { startMuster, type MusterProcess } from '../cli/muster-process.ts';
import { deviceRequest } from '../support/documents.ts';
import { until } from '../support/held-transactions.ts';
import { redisDatabase } from '../support/redis-server.ts';
import { SocketDevice } from '../support/socket-device.ts';
import { createTestDatabase, requireRedis, type TestDatabase } from '../support/test-database.ts';

// Three processes are started, each of which takes its time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const listening = z.object({ api: z.url(), agent: z.url() });
const names = Array.from({ length: 8 }, (_, index) => `device-${index}`);

let database: TestDatabase;
let muster: MusterProcess;
let at: z.infer<typeof listening>;

beforeAll(async () => {
  database = await createTestDatabase();
  muster = startMuster(['serve', '--processes', '2'], {
    env: {
      DATABASE_URL: database.url,
      REDIS_URL: await redisDatabase(requireRedis(), 13),
      MUSTER_API_LISTEN: '127.0.0.1:0',
      MUSTER_AGENT_LISTEN: '127.0.0.1:0',
      MUSTER_LOG_LEVEL: 'info',
      MUSTER_NOTICE_AHEAD: 'off',
      // What one process does not tell the others is found by nobody while these tests run.
      MUSTER_SWEEP_INTERVAL: '1h',
    },
  });
  const [line] = await muster.writes(/\{"event":"listening".*\}/);
  at = listening.parse(JSON.parse(line));
});

afterAll(async () => {
  muster.process.kill('SIGKILL');
  await muster.ended;
  await database.drop();
});

async function post(path: string, body: unknown): Promise<void> {
  const response = await fetch(`${at.api}/api/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect({ ok: response.ok, answer: await response.json() }).toMatchObject({ ok: true });
}

/** The processes that devices talk to, as the system knows them. */
async function deviceProcesses(): Promise<number[]> {
  const { pid } = muster.process;
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ').filter(Boolean).map(Number);
  const commands = await Promise.all(
    children.map((child) => readFile(`/proc/${child}/cmdline`, 'utf8').catch(() => '')),
  );
  return children.filter((_, index) => commands[index]?.includes('device-process') === true);
}

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${at.api}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
}

test('devices are shared out among them; what one commits, another tells of, and a scrape has the sum', async () => {
  expect(await deviceProcesses()).toHaveLength(2);
  for (const name of names)
    await post('/devices', deviceRequest(name, { spec: { os: { image: 'quay.io/acme/a:1' } } }));
  const devices = await Promise.all(names.map((name) => SocketDevice.connect(at.agent, name)));
  for (const device of devices) await device.ask({ renderedVersion: '1' });
  expect(await metric('muster_websockets_open')).toBe(names.length);
  expect(await metric('muster_database_up')).toBe(1);
  await post('/restores', { reason: 'INC-1' });
  for (const device of devices) expect(await device.next('report-request')).toMatchObject({ reason: 'restore' });
  for (const device of devices) expect(await device.ask({ renderedVersion: '4' })).toMatchObject({ verdict: 'Ahead' });
  await post('/deviceactions/resume', { fieldSelector: "metadata.name!=''" });
  for (const device of devices)
    expect(await device.next('rendered')).toMatchObject({ device: { spec: { os: { image: 'quay.io/acme/a:1' } } } });
  await Promise.all(devices.map((device) => device.close()));
});

test('one that ends is started again', async () => {
  const [victim, survivor] = await deviceProcesses();
  const judged = () => metric('muster_verdicts_total\\{verdict="Ahead"\\}');
  expect(await judged()).toBe(names.length);
  process.kill(victim ?? 0, 'SIGKILL');
  await until(() => muster.stderr().includes('a process that devices talk to has ended'));
  await until(async () => {
    const left = await deviceProcesses();
    return left.length === 2 && !left.includes(victim ?? 0) && left.includes(survivor ?? 0);
  });
  // A sum that went down would look like a restart of all.
  expect(await judged()).toBe(names.length);
});

test('all of them end with the service, which says goodbye to devices and exits with 0', async () => {
  const device = await SocketDevice.connect(at.agent, 'device-0');
  const processes = await deviceProcesses();
  muster.process.kill('SIGTERM');
  expect(await device.closed).toMatchObject({ code: 1001 });
  expect(await muster.ended).toMatchObject({ code: 0 });
  for (const pid of processes) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

test('they are not started without Redis, and the refusal says what is missing', async () => {
  const refused = startMuster(['serve', '--processes', '2'], { env: { DATABASE_URL: database.url, REDIS_URL: '' } });
  const { code, stderr } = await refused.ended;
  expect(code).toBe(2);
  expect(stderr).toContain('REDIS_URL: expected a URL, because MUSTER_PROCESSES is above 1');
});
