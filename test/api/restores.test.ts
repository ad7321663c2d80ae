import { createParser } from 'eventsource-parser';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { restoreReportSchema } from '../../src/domain/resources/restore-report.ts';
import { restoreListSchema, restoreSchema, type Restore } from '../../src/domain/resources/restore.ts';
import { buildApiApp } from '../../src/api/api-app.ts';
import type { Listener } from '../../src/listener/listener.ts';
import { clientOf, type ApiClient } from '../support/api-client.ts';
import { documentOf, refusalOf } from '../support/documents.ts';
import { FleetFixture } from '../support/fleet-fixture.ts';
import { until } from '../support/held-transactions.ts';
import { createTestContext } from '../support/test-context.ts';
import { useFleet } from '../support/use-fleet.ts';

let app: Listener;
let api: ApiClient;
const left: AbortController[] = [];

const { here, fleet } = await useFleet();

beforeEach(async () => {
  app = await buildApiApp(here.context);
  api = clientOf(app);
});

afterEach(async () => {
  for (const leaving of left.splice(0)) leaving.abort();
  await app.close();
});

const declare = async (body: unknown, headers: Record<string, string> = {}) => {
  const response = await app.inject({
    method: 'POST',
    url: '/api/v1/restores',
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { payload: JSON.stringify(body) }),
  });
  return { code: response.statusCode, body: JSON.parse(response.body) as unknown, headers: response.headers };
};

describe('declaring', () => {
  test.each([undefined, {}, null])('needs to say nothing more (%j)', async (body) => {
    await fleet.running('a');
    const restore = documentOf(await declare(body), 201, restoreSchema);
    expect(restore).toMatchObject({
      spec: { declaredBy: 'user:anonymous', previous: null },
      status: { phase: 'Mustering', devices: { total: 1, awaitingReconnect: 1 } },
    });
  });

  test('again with the same key answers the same restore with 200, and with another body 409', async () => {
    const key = { 'idempotency-key': 'k' };
    const first = documentOf(await declare({ reason: 'r' }, key), 201, restoreSchema);
    const again = documentOf(await declare({ reason: 'r' }, key), 200, restoreSchema);
    expect(again.metadata.name).toBe(first.metadata.name);
    expect(refusalOf(await declare({ reason: 's' }, key), 409)).toContain(first.metadata.name);
  });

  test.each([
    ['a field that there is not', { resaon: 'typo' }],
    ['a checksum that is none', { backup: { sha256: 'x' } }],
    ['a time that is none', { backup: { takenAt: 'yesterday' } }],
    ['a reason that is too long', { reason: 'x'.repeat(2_000) }],
    ['a reason that cannot be stored', { reason: '\0' }],
  ])('with %s is refused, and declares nothing', async (_name, body) => {
    const before = await here.restore();
    refusalOf(await declare(body), 400);
    expect(await here.restore()).toBe(before);
  });
});

describe('reading', () => {
  test('is by id or as the current one; before the first there is none', async () => {
    refusalOf(await api.get('/restores/current'), 404);
    const { metadata } = documentOf(await declare({}), 201, restoreSchema);
    expect(documentOf(await api.get('/restores/current'), 200, restoreSchema).metadata).toEqual(metadata);
    expect(documentOf(await api.get(`/restores/${metadata.name}`), 200, restoreSchema).metadata).toEqual(metadata);
    refusalOf(await api.get('/restores/0190eeee-0000-7000-8000-000000000000'), 404);
    refusalOf(await api.get('/restores/latest'), 400);
  });

  test('of all is paged, newest first', async () => {
    const names: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      here.clock.advance(1_000);
      names.unshift(await fleet.declareRestore());
    }
    const first = documentOf(await api.get('/restores?limit=2'), 200, restoreListSchema);
    const token = encodeURIComponent(first.metadata.continue ?? '');
    const second = documentOf(await api.get(`/restores?limit=2&continue=${token}`), 200, restoreListSchema);
    expect([...first.items, ...second.items].map(({ metadata }) => metadata.name)).toEqual(names);
    expect(second.metadata.continue).toBeUndefined();
    refusalOf(await api.get('/restores?continue=x'), 400);
  });
});

describe('the report', () => {
  const reportFor = (accept: string | undefined) =>
    app.inject({ url: '/api/v1/restores/current/report', ...(accept !== undefined && { headers: { accept } }) });

  test.each([undefined, 'application/json', '*/*', 'application/json, text/markdown', 'text/html'])(
    'for Accept %s is JSON',
    async (accept) => {
      await fleet.paused('a');
      const response = await reportFor(accept);
      expect(response.statusCode).toBe(200);
      expect(restoreReportSchema.parse(response.json()).conflicts).toHaveLength(1);
    },
  );

  test.each(['text/markdown', 'text/markdown, application/json', 'text/markdown;q=0.9'])(
    'for Accept %s is Markdown',
    async (accept) => {
      await fleet.paused('a');
      const response = await reportFor(accept);
      expect(response.statusCode).toBe(200);
      expect(response.headers['content-type']).toBe('text/markdown; charset=utf-8');
      expect(response.body).toMatch(/^# /);
    },
  );
});

/** A client that follows a restore over the network. */
async function watch(name = 'current'): Promise<{ seen: Restore[]; over: Promise<void>; leave: () => void }> {
  const url = app.listeningOrigin;
  const leaving = new AbortController();
  left.push(leaving);
  const response = await fetch(`${url}/api/v1/restores/${name}/watch`, { signal: leaving.signal });
  expect(response).toMatchObject({ status: 200 });
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  const seen: Restore[] = [];
  const parser = createParser({
    onEvent: ({ event, data }) => {
      expect(event).toBe('restore');
      seen.push(restoreSchema.parse(JSON.parse(data)));
    },
  });
  const read = async () => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) parser.feed(decoder.decode(chunk as Uint8Array, { stream: true }));
  };
  const over = read().catch(() => undefined);
  return { seen, over, leave: () => leaving.abort() };
}

describe('watching', () => {
  beforeEach(async () => {
    await app.listen({ host: '127.0.0.1', port: 0 });
  });

  test('ends by itself when the restore is settled', async () => {
    await fleet.running('a');
    await fleet.declareRestore();
    const { seen, over } = await watch();
    await until(() => seen.length === 1);
    await fleet.report('a', 1);
    await over;
    expect(seen.map(({ status }) => status.phase)).toEqual(['Mustering', 'Settled']);
  });

  test('of a restore that there is not is an answer, and no stream', async () => {
    refusalOf(await api.get('/restores/current/watch'), 404);
  });

  test('is over when the service stops, which does not wait for it', async () => {
    await fleet.running('a');
    await fleet.declareRestore();
    const { seen, over } = await watch();
    await until(() => seen.length === 1);
    await app.close();
    await over;
    expect(seen).toHaveLength(1);
  });

  test('that its client leaves does not keep the service from stopping', async () => {
    await fleet.running('a');
    await fleet.declareRestore();
    const { seen, leave } = await watch();
    await until(() => seen.length === 1);
    leave();
    await app.close();
  });

  test('is over, for the client to come again, when the database goes away', async () => {
    const own = await createTestContext();
    onTestFinished(() => own.close());
    const gone = await buildApiApp(own.context);
    onTestFinished(() => gone.close());
    await new FleetFixture(own).running('a');
    await new FleetFixture(own).declareRestore();
    const url = await gone.listen({ host: '127.0.0.1', port: 0 });
    const response = await fetch(`${url}/api/v1/restores/current/watch`);
    await until(() => own.context.queue.isHealthy());
    await own.database.drop();
    const text = await response.text();
    expect(text.match(/^event: restore$/gm)).toHaveLength(1);
  });
});

describe('health', () => {
  test('is ready while the database answers, and alive in any case', async () => {
    const own = await createTestContext();
    onTestFinished(() => own.close());
    const health = await buildApiApp(own.context);
    onTestFinished(() => health.close());
    expect((await health.inject('/readyz')).json()).toEqual({
      state: 'ready',
      database: 'ok',
      queue: 'ok',
      worker: 'none',
    });
    await until(() => own.context.queue.isHealthy());
    await own.database.drop();
    const unready = await health.inject('/readyz');
    expect(unready.statusCode).toBe(503);
    expect(unready.headers['retry-after']).toBe('5');
    expect(unready.json()).toMatchObject({ message: expect.stringContaining('database') });
    expect((await health.inject('/healthz')).statusCode).toBe(200);
  });
});
