import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { takeLock } from '../../src/db/server/data-directory-lock.ts';
import { Postgres15 } from '../support/postgres-programs.ts';
import { RestoreScene } from './restore-scene.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let server: Postgres15;
let scene: RestoreScene | undefined;
beforeAll(async () => {
  server = await Postgres15.start();
});
afterEach(async () => {
  await scene?.remove();
  scene = undefined;
});
afterAll(() => server.remove());

const psql = '/usr/lib/postgresql/15/bin/psql';

/** A plan whose database is put back by other means, as a volume snapshot or a point-in-time recovery does it. */
function externally(text: string, url: string, name: string): string {
  const put = `[${psql}, ${url}, -v, ON_ERROR_STOP=1, -c, "DROP DATABASE IF EXISTS ${name} WITH (FORCE)", -c, "CREATE DATABASE ${name} TEMPLATE snapshot"]`;
  return text
    .replace(
      'restore: { method: dump }',
      `restore: { method: external, run: ${put}, until: [${psql}, ${url}, -c, "SELECT 1"], takenAt: 2026-11-20T02:00:00Z }`,
    )
    .replace('equals: manifest.counts.devices', 'equals: 5');
}

it('takes the name from a database that other means put back, until it is declared, also where it is killed meanwhile', async () => {
  const made = await RestoreScene.create({
    database: await server.createDatabase('muster'),
    async after() {
      await server.admin((client) => client`CREATE DATABASE snapshot TEMPLATE muster`);
    },
  });
  scene = made;
  const address = new URL(server.url);
  address.password = '';
  writeFileSync(made.plan, externally(made.planText(), address.toString(), 'muster'));
  for (const kill of [
    'restore/middle',
    'restore/middle/2',
    'restore/middle/5',
    'restore/after act',
    'declare/middle',
    'swap/after act',
  ])
    expect({ kill, ...(await made.run({ kill })) }).toMatchObject({ killed: true });
  const { code, said } = await made.run();
  expect({ code, said: code === 0 ? '' : said }).toEqual({ code: 0, said: '' });
  expect(await made.standing()).toMatchObject({
    databases: ['live'],
    devices: 5,
    declaredByRun: [true],
    services: ['3', '2', 'running'],
  });
  const record: unknown = JSON.parse(readFileSync(join(made.directory, `plan.${made.runId}.json`), 'utf8'));
  expect(record).toMatchObject({ backup: { id: null, takenAt: '2026-11-20T02:00:00Z' }, outcome: 'completed' });
});

it('waits for the share of the devices that has to have answered, and says where the muster is stalled', async () => {
  scene = await RestoreScene.create();
  const { plan } = scene;
  writeFileSync(plan, scene.planText().replace('rto: 30m', 'rto: 30m, answered: { percent: 90, within: 1s }'));
  const { code, said } = await scene.run();
  expect({ code, said }).toMatchObject({ code: 6 });
  expect(said).toContain('muster 0/5');
  expect(said).toContain('step 13, muster: the muster is stalled: 0 of 5 devices have answered');
  // The service runs, whatever the devices do.
  expect(await scene.standing()).toMatchObject({ declaredByRun: [true], services: ['3', '2', 'running'] });
});

it('a lock removes what a process left that was killed while it took it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'muster-lock-'));
  const path = join(directory, 'lock');
  const living = createServer().listen(`${path}.beef`);
  const dead = createServer();
  await new Promise<void>((resolve) => dead.listen(join(directory, 'socket'), resolve));
  // A socket whose process was killed stays: its server closes under another name here.
  const { renameSync } = await import('node:fs');
  renameSync(join(directory, 'socket'), `${path}.dead`);
  await new Promise((resolve) => dead.close(resolve));
  await sleep(1_100);
  const lock = await takeLock(path, () => 'held');
  expect((await readdir(directory)).toSorted()).toEqual(['lock', 'lock.beef']);
  await lock.release();
  await new Promise((resolve) => living.close(resolve));
  await rm(directory, { recursive: true });
});
