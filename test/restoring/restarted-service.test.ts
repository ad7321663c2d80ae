import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { freePort } from '../support/servers.ts';
import { Postgres15, postgres15Tools } from '../support/postgres-programs.ts';
import { redisDatabase } from '../support/redis-server.ts';
import { requireRedis, type TestDatabase } from '../support/test-database.ts';
import { RestoreScene } from './restore-scene.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

let server: Postgres15;
let scene: RestoreScene;
let service: RestartedService;

beforeAll(async () => {
  server = await Postgres15.start();
});
afterAll(async () => {
  await service?.stop();
  await scene?.remove();
  await server?.remove();
});

/** `muster serve` that something else starts again whenever it ends, as an autoscaler or `Restart=` does. */
class RestartedService {
  starts = 0;
  readonly agent: string;
  private readonly environment: Record<string, string>;
  private readonly api: string;
  private child: ChildProcess | undefined;
  private wanted = true;

  constructor(environment: Record<string, string>, ports: { api: number; agent: number }) {
    this.api = `http://127.0.0.1:${ports.api}`;
    this.agent = `http://127.0.0.1:${ports.agent}`;
    this.environment = {
      ...environment,
      MUSTER_API_LISTEN: `127.0.0.1:${ports.api}`,
      MUSTER_AGENT_LISTEN: `127.0.0.1:${ports.agent}`,
      MUSTER_POLL_TIMEOUT: '300ms',
      MUSTER_NOTICE_INTERVAL: '300ms',
      MUSTER_LOG_LEVEL: 'silent',
    };
    this.start();
  }

  private start(): void {
    this.starts += 1;
    const env = { PATH: process.env['PATH'] ?? '', ...this.environment };
    const child = spawn(process.execPath, ['--import', 'tsx', main, 'serve'], { cwd: root, env, stdio: 'ignore' });
    this.child = child;
    child.once('exit', () => {
      if (this.wanted) setTimeout(() => this.start(), 50);
    });
  }

  /** Ends it; something starts it again. */
  kill(): void {
    this.child?.kill('SIGKILL');
  }

  async put(path: string, document: object): Promise<void> {
    const response = await fetch(`${this.api}${path}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(document),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  }

  async ready(): Promise<void> {
    for (;;) {
      const answer = await fetch(`${this.api}/readyz`).catch(() => undefined);
      if (answer?.status === 200) return;
      await sleep(100);
    }
  }

  async stop(): Promise<void> {
    this.wanted = false;
    this.kill();
    await sleep(100);
  }
}

const device = (image: string) => ({
  apiVersion: 'flightctl.io/v1beta1',
  kind: 'Device',
  metadata: { name: 'edge-1' },
  spec: { os: { image } },
});

/** Polls as the device does, and keeps the images that it is sent. */
function poll(agent: string, version: () => number) {
  const images: string[] = [];
  let polls = 0;
  const going = new AbortController();
  const ended = (async () => {
    while (!going.signal.aborted) {
      const url = `${agent}/api/v1/devices/edge-1/rendered?knownRenderedVersion=${version()}`;
      const response = await fetch(url).catch(() => undefined);
      if (response?.status === 200) {
        const document = (await response.json()) as { spec?: { os?: { image?: string } } };
        images.push(document.spec?.os?.image ?? 'none');
      } else await response?.body?.cancel();
      if (response !== undefined) polls += 1;
      else await sleep(50);
    }
  })();
  return {
    images,
    polls: () => polls,
    async stop() {
      going.abort();
      await ended;
    },
  };
}

it('never lets a service that is started all the time deliver from a backup that is not declared', async () => {
  const redis = await redisDatabase(requireRedis(), 9);
  const ports = { api: await freePort(), agent: await freePort() };
  const start = async (database: TestDatabase) => {
    service = new RestartedService({ DATABASE_URL: database.url, REDIS_URL: redis }, ports);
    await service.ready();
    await service.put('/api/v1/devices/edge-1', device('os:backup'));
    const before = poll(service.agent, () => 0);
    await vi.waitFor(() => expect(before.images).toContain('os:backup'), 30_000);
    await before.stop();
  };
  let known = 1;
  let polls: ReturnType<typeof poll> | undefined;
  scene = await RestoreScene.create({
    database: await server.createDatabase('muster'),
    engine: 'pg_dump',
    tools: postgres15Tools,
    redis,
    replaced: 'keep',
    before: start,
    async after() {
      await service.put('/api/v1/devices/edge-1', device('os:lost'));
      polls = poll(service.agent, () => known);
      await vi.waitFor(() => expect(polls?.images).toContain('os:lost'), 30_000);
      known = 2;
    },
  });
  // At each of these moments a service that is killed is started again, and meets what there is.
  for (const kill of [
    'stop/after act',
    'fence/after act',
    'restore/middle',
    'restore/after act',
    'inspect/after act',
    'declare/after act',
    'swap/middle',
    'swap/after act',
  ]) {
    expect({ kill, ...(await scene.run({ kill })) }).toMatchObject({ killed: true });
    const { starts } = service;
    service.kill();
    await vi.waitFor(() => expect(service.starts).toBeGreaterThan(starts), 20_000);
    await sleep(1_500);
  }
  const { code, said } = await scene.run();
  expect({ code, said: code === 0 ? '' : said }).toEqual({ code: 0, said: '' });
  await service.ready();
  const { length } = polls?.images ?? [];
  const answered = polls?.polls() ?? 0;
  await vi.waitFor(() => expect(polls?.polls() ?? 0).toBeGreaterThan(answered + 10), 30_000);
  // Longer than the looks for a restore that nobody declared.
  await sleep(1_000);
  await polls?.stop();
  expect(polls?.images).not.toContain('os:backup');
  expect(polls?.images.length).toBe(length);
  expect(service.starts).toBeGreaterThan(8);
  // The rename made no other database of it: nothing was declared once more.
  expect(await scene.restoreKeys()).toEqual([scene.runId]);
  expect(await scene.databases()).toEqual(['live', `live_replaced_${scene.runId.slice(-8)} fenced`]);
});
