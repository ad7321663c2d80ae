import { once } from 'node:events';
import { chmod, mkdtemp, readFile, realpath, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { z } from 'zod';
import { deviceRequest } from '../support/documents.ts';
import { until } from '../support/held-transactions.ts';
import { requireRedis } from '../support/test-database.ts';
import { startMuster, type MusterProcess } from './muster-process.ts';

// Every service is a process of its own, with a PostgreSQL of its own.
vi.setConfig({ testTimeout: 180_000 });

const listening = z.object({ api: z.url(), agent: z.url() });

async function directory(): Promise<string> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'muster-serve-')));
  await chmod(path, 0o755);
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

function serve(path: string, env: Record<string, string> = {}): MusterProcess {
  const service = startMuster(['serve'], {
    env: {
      MUSTER_DATA_DIR: path,
      MUSTER_API_LISTEN: '127.0.0.1:0',
      MUSTER_AGENT_LISTEN: '127.0.0.1:0',
      MUSTER_POLL_TIMEOUT: '1s',
      MUSTER_SWEEP_INTERVAL: '300ms',
      // One device polls here as fast as it can.
      MUSTER_DEVICE_RATE: '0',
      ...env,
    },
  });
  onTestFinished(async () => {
    service.process.kill('SIGKILL');
    await service.ended;
    await until(() => postmasterOf(path).then(isGone, () => true));
  });
  return service;
}

async function addresses(service: MusterProcess): Promise<{ api: string; agent: string }> {
  const [line] = await service.writes(/\{"event":"listening".*\}/);
  return listening.parse(JSON.parse(line));
}

async function postmasterOf(path: string): Promise<number> {
  return Number((await readFile(join(path, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0]);
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

const poll = async (agent: string, version: number) => {
  const response = await fetch(`${agent}/api/v1/devices/a/rendered?knownRenderedVersion=${version}`);
  await response.text();
  return response.status;
};

async function createDevice(api: string): Promise<void> {
  const created = await fetch(`${api}/api/v1/devices`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(deviceRequest('a', { spec: { os: { image: 'quay.io/acme/os:1' } } })),
  });
  expect(created.status).toBe(201);
}

test('a service whose private PostgreSQL is killed tells devices to come back, and serves them again; one whose PostgreSQL is gone for good ends and says why', async () => {
  const path = await directory();
  const service = serve(path);
  const { api, agent } = await addresses(service);
  await createDevice(api);
  await until(async () => (await poll(agent, 0)) === 200);
  const answers = new Set<number>();
  const over = new AbortController();
  const pollers = Array.from({ length: 8 }, async () => {
    while (!over.signal.aborted) answers.add(await poll(agent, 0));
  });
  process.kill(await postmasterOf(path), 'SIGKILL');
  await until(() => answers.has(503));
  await until(async () => (await fetch(`${api}/readyz`)).status === 200);
  await until(async () => (await poll(agent, 0)) === 200);
  over.abort();
  await Promise.all(pollers);
  expect([...answers].toSorted((a, b) => a - b)).toEqual([200, 503]);
  expect(service.stderr()).toContain('the private PostgreSQL has ended; it is started again');

  await rename(join(path, 'postgres', 'global'), join(path, 'postgres', 'elsewhere'));
  process.kill(await postmasterOf(path), 'SIGKILL');
  const { code, stderr } = await service.ended;
  expect(code).toBe(1);
  expect(stderr).toContain(`the service cannot go on: the private PostgreSQL under ${path}/postgres did not start`);
});

test('a second service on one data directory does not start, and says who has it; processes for devices share it', async () => {
  const path = await directory();
  const first = serve(path, { MUSTER_PROCESSES: '2', REDIS_URL: requireRedis() });
  const { api, agent } = await addresses(first);
  await createDevice(api);
  await until(async () => (await poll(agent, 0)) === 200);
  const second = serve(path);
  const { code, stderr } = await second.ended;
  expect(code).toBe(1);
  expect(stderr).toContain(
    `the service cannot start: the data directory ${path} is in use by another Muster (process ${String(first.process.pid)})`,
  );
  expect(await poll(agent, 0)).toBe(200);
  const postmaster = await postmasterOf(path);
  first.process.kill('SIGTERM');
  await once(first.process, 'close');
  await until(() => isGone(postmaster));
});
