import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../src/config/config.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../src/db/server/embedded-postgres.ts';
import { migrateDatabase } from '../src/db/server/migrate.ts';
import { findPostgresPrograms } from '../src/db/server/postgres-programs.ts';
import { examineDatabase } from '../src/doctor/examine-database.ts';
import { startService, type RunningService } from '../src/service/service.ts';
import { deviceRequest } from './support/documents.ts';
import { until } from './support/held-transactions.ts';
import { scrape } from './support/scrape.ts';

const takesNone = 'the database takes no writes: it is a standby, or was made read-only';

let scratch: string;
let server: EmbeddedPostgres;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'muster-read-only-'));
  // As root, PostgreSQL runs as another user.
  await chmod(scratch, 0o755);
  server = await startEmbeddedPostgres(scratch);
}, 60_000);

afterAll(async () => {
  await server.stop();
  await rm(scratch, { recursive: true, force: true });
});

async function admin(...statements: readonly string[]): Promise<void> {
  const client = postgres(server.url, { max: 1, onnotice: () => undefined });
  try {
    for (const statement of statements) await client.unsafe(statement);
  } finally {
    await client.end();
  }
}

const makeReadOnly = () =>
  admin('ALTER SYSTEM SET default_transaction_read_only = on', 'SELECT pg_reload_conf()', 'SELECT pg_sleep(0.2)');
const makeWritable = () =>
  admin('ALTER SYSTEM RESET default_transaction_read_only', 'SELECT pg_reload_conf()', 'SELECT pg_sleep(0.2)');

/** Stops the server fast, as when it is demoted; it comes back on the same address. */
async function restartServer(): Promise<void> {
  const { pgCtl, as } = await findPostgresPrograms();
  await promisify(execFile)(pgCtl, ['stop', '-D', join(scratch, 'postgres'), '-m', 'fast', '-w'], as);
  await until(
    async () =>
      await admin('SELECT 1').then(
        () => true,
        () => false,
      ),
  );
}

type Answer = { readonly code: number; readonly retryAfter: string | null; readonly body: Record<string, unknown> };

async function call(url: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(url, init);
  const text = await response.text();
  const body: Record<string, unknown> = text === '' ? {} : JSON.parse(text);
  return { code: response.status, retryAfter: response.headers.get('retry-after'), body };
}

async function serve(): Promise<RunningService> {
  const service = await startService(
    readConfig({
      DATABASE_URL: server.url,
      MUSTER_API_LISTEN: '127.0.0.1:0',
      MUSTER_AGENT_LISTEN: '127.0.0.1:0',
      MUSTER_LOG_LEVEL: 'silent',
      MUSTER_POLL_TIMEOUT: '1s',
      MUSTER_SWEEP_INTERVAL: '300ms',
    }),
  );
  onTestFinished(() => service.stop());
  return service;
}

const poll = (service: RunningService, name: string, version: number) =>
  call(`${service.agent}/api/v1/devices/${name}/rendered?knownRenderedVersion=${version}`);

const create = (service: RunningService, name: string) =>
  call(`${service.api}/api/v1/devices`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(deviceRequest(name, { spec: { os: { image: 'quay.io/acme/os:1' } } })),
  });

const readiness = (service: RunningService) => call(`${service.api}/readyz`);

/** Everything that is asked of a service is refused, in plain words, and it is not ready. */
async function expectRefusals(service: RunningService, name: string): Promise<void> {
  const refused = { code: 503, body: { kind: 'Status', reason: 'ServiceUnavailable', message: takesNone } };
  await until(async () => {
    const { code, body } = await poll(service, name, 1);
    expect([200, 204, 503]).toContain(code);
    return body['message'] === takesNone;
  });
  const answers = [
    await poll(service, name, 1),
    await poll(service, name, 1),
    await create(service, 'other'),
    await call(`${service.api}/api/v1/devices`),
    await call(`${service.api}/api/v1/devices/${name}`),
  ];
  for (const answer of answers) {
    expect(answer).toMatchObject(refused);
    expect(Number(answer.retryAfter)).toBeGreaterThan(0);
  }
  expect(await readiness(service)).toMatchObject({
    code: 503,
    body: { message: `not ready: ${takesNone}`, parts: { database: 'read-only' } },
  });
  expect((await scrape(service.api)).get('muster_database_up')).toBe(0);
}

test('a service whose PostgreSQL becomes read-only refuses everything with 503 and is not ready, until it takes writes again', async () => {
  const service = await serve();
  expect((await create(service, 'a')).code).toBe(201);
  await until(async () => (await poll(service, 'a', 0)).code === 200);
  await makeReadOnly();
  onTestFinished(makeWritable);
  await expectRefusals(service, 'a');
  await makeWritable();
  await until(async () => (await readiness(service)).code === 200);
  await until(async () => (await poll(service, 'a', 0)).code === 200);
  expect((await create(service, 'after')).code).toBe(201);
  expect((await scrape(service.api)).get('muster_database_up')).toBe(1);
}, 60_000);

test('a service whose PostgreSQL is demoted to a standby refuses everything, and serves again when it is promoted', async () => {
  const service = await serve();
  expect((await create(service, 'b')).code).toBe(201);
  await until(async () => (await poll(service, 'b', 0)).code === 200);
  await writeFile(join(scratch, 'postgres', 'standby.signal'), '');
  await restartServer();
  await expectRefusals(service, 'b');
  await admin('SELECT pg_promote()');
  await until(async () => (await readiness(service)).code === 200);
  // A promotion starts a timeline of the log: every device answers first.
  await until(async () => (await poll(service, 'b', 1)).code === 204);
  expect((await create(service, 'after-promotion')).code).toBe(201);
}, 60_000);

test('a service does not start on a PostgreSQL that takes no writes, and says so, as the doctor does', async () => {
  await migrateDatabase(server.url);
  await makeReadOnly();
  onTestFinished(makeWritable);
  await expect(serve()).rejects.toThrow(takesNone);
  const config = readConfig({ DATABASE_URL: server.url });
  expect(await examineDatabase(config)).toContainEqual(
    expect.objectContaining({ level: 'problem', found: expect.stringContaining('set to take no writes') }),
  );
}, 60_000);
