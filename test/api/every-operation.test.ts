import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApp, type App } from '../../src/service/app.ts';
import type { Listener } from '../../src/listener/listener.ts';
import { ApiDocument, type Operation } from '../support/api-documents.ts';
import { deviceRequest, fleetRequest } from '../support/documents.ts';
import { enrollmentRequest } from '../support/enrollment.ts';
import { SchemaValues } from '../support/schema-values.ts';
import { createTestContext, type TestContext } from '../support/test-context.ts';

// Sends every operation of both documents generated requests, most of them valid in most parts. What is answered is held against
// the documents by watch-answers.ts, as every answer in every test is; here it must moreover be the fault of nobody but the caller.

const runsPerOperation = 25;
/** Fixed, so that a run that fails does so again. */
const seed = 20_261_126;

let here: TestContext;
let app: App;

beforeAll(async () => {
  here = await createTestContext({
    env: {
      MUSTER_SWEEP_INTERVAL: '1h',
      MUSTER_POLL_TIMEOUT: '10ms',
      MUSTER_DEVICE_RATE: '0',
      MUSTER_ADMIN_RATE: '0',
      MUSTER_AGENT_URL: 'https://muster.example:7443',
    },
  });
  app = await buildApp(here.context);
  await Promise.all([app.api.ready(), app.agent.ready()]);
});

afterAll(async () => {
  await app.close();
  await here.close();
});

type Generated = {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly payload: string | undefined;
};

/** Names of things that there are, at least until an operation deletes them. */
const names = {
  devices: ['device-1', 'device-2', 'nobody'],
  fleets: ['fleet-1'],
  enrollmentrequests: ['request-1'],
  restores: ['current'],
} as const;

async function makeThings(): Promise<void> {
  await send(app.api, 'PUT', '/api/v1/fleets/fleet-1', fleetRequest('fleet-1', { site: 'a' }));
  for (const name of ['device-1', 'device-2']) {
    const device = deviceRequest(name, { labels: { site: 'a' }, spec: { os: { image: 'quay.io/acme/os:1' } } });
    await send(app.api, 'PUT', `/api/v1/devices/${name}`, device);
    await send(app.agent, 'GET', `/api/v1/devices/${name}/rendered?knownRenderedVersion=7`);
  }
  // A device is the actor of the event.
  await send(app.agent, 'POST', '/api/v1/enrollmentrequests', enrollmentRequest('request-1'));
  await send(app.agent, 'GET', '/api/v1/devices/nobody/rendered?knownRenderedVersion=3');
  await send(app.api, 'POST', '/api/v1/restores', { reason: 'sweep' });
}

async function send(listener: Listener, method: 'GET' | 'PUT' | 'POST', url: string, body?: object) {
  return await listener.inject({ method, url, headers: { host: 'localhost' }, ...(body && { payload: body }) });
}

/** Requests of an operation, by what its document says of them. */
function requestsOf(operation: Operation, values: SchemaValues): fc.Arbitrary<Generated> {
  const [type = 'application/json'] = Object.keys(operation.requestBody?.content ?? {});
  const body = operation.requestBody?.content[type]?.schema;
  const [, , , resource = ''] = operation.path.split('/');
  const known = Object.entries(names).find(([key]) => key === resource)?.[1] ?? ['current'];
  const parameters = operation.parameters.map(({ name, in: place, schema }) => {
    const value =
      place === 'path'
        ? fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...known) }, values.of(schema))
        : fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, values.of(schema));
    return fc.tuple(fc.constant({ name, place }), value);
  });
  return fc
    .record({
      parameters: fc.tuple(...parameters),
      body: body === undefined ? fc.constant(undefined) : values.of(body),
      form: fc.constantFrom(type, type, type, type, 'text/xml'),
    })
    .map(({ parameters: given, body: sent, form }) => requestFrom(operation, given, { sent, form }));
}

function requestFrom(
  { path }: Operation,
  parameters: readonly (readonly [{ name: string; place: string }, unknown])[],
  { sent, form }: { sent: unknown; form: string },
): Generated {
  const query = new URLSearchParams();
  const headers: Record<string, string> = { host: 'localhost' };
  let url = path;
  let named: string | undefined;
  for (const [{ name, place }, value] of parameters) {
    const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
    if (place === 'path') {
      named = text;
      url = url.replace(`{${name}}`, encodeURIComponent(text));
    } else if (value === undefined) continue;
    else if (place === 'query') query.append(name, text);
    else headers[name] = text.replaceAll(/[^\x21-\x7E]/g, '');
  }
  if (sent !== undefined) headers['content-type'] = form;
  // A document that is sent to a path has its name, or is refused before anything else is looked at.
  if (named !== undefined && hasMetadata(sent)) sent.metadata['name'] = named;
  const payload = form.endsWith('urlencoded') ? new URLSearchParams(Object.entries(sent ?? {})).toString() : undefined;
  return { url: `${url}?${query.toString()}`, headers, payload: payload ?? JSON.stringify(sent) };
}

function hasMetadata(document: unknown): document is { metadata: Record<string, unknown> } {
  const isObject = typeof document === 'object' && document !== null && 'metadata' in document;
  return isObject && typeof document.metadata === 'object' && document.metadata !== null;
}

describe.each(['openapi', 'agent'] as const)('of %s.yaml', (name) => {
  const document = ApiDocument.of(name);
  const values = new SchemaValues(document.schemas, 3);

  test.each(document.operations.map((operation) => [operation.operationId, operation] as const))(
    '%s answers whatever it is asked as the document says, and never fails',
    async (_id, operation) => {
      const listener = name === 'agent' ? app.agent : app.api;
      await makeThings();
      const failed: object[] = [];
      for (const { url, headers, payload } of fc.sample(requestsOf(operation, values), {
        numRuns: runsPerOperation,
        seed,
      })) {
        const { statusCode } = await listener
          .inject({
            method: operation.method as 'GET',
            url,
            headers,
            ...(payload !== undefined && { payload }),
            // A stream ends when its client has gone.
            signal: AbortSignal.timeout(operation.operationId === 'watchRestore' ? 50 : 20_000),
          })
          .catch(() => ({ statusCode: 0 }));
        if (statusCode >= 500 && operation.operationId !== 'readyz') failed.push({ statusCode, url, payload });
      }
      expect(failed).toEqual([]);
    },
  );
});
