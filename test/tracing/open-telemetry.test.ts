import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { buildApp } from '../../src/service/app.ts';
import { readConfig, wantsTraces } from '../../src/config/config.ts';
import { noTracing } from '../../src/usecases/tracing.ts';
import { RenderWorker } from '../../src/service/render-worker.ts';
import { FleetFixture } from '../support/fleet-fixture.ts';
import { until } from '../support/held-transactions.ts';
import { createTestContext, type TestContext } from '../support/test-context.ts';

type Request = { readonly path: string; readonly type: string | undefined; readonly body: Buffer };

/** Takes traces as a collector does, over OTLP/HTTP. */
class Collector {
  readonly requests: Request[] = [];
  readonly url: string;
  private readonly server: Server;

  private constructor(server: Server) {
    this.server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const { url = '', headers } = request;
        this.requests.push({ path: url, type: headers['content-type'], body: Buffer.concat(parts) });
        response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
      });
    });
  }

  static async start(): Promise<Collector> {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return new Collector(server);
  }

  get spans(): Span[] {
    return this.requests.flatMap(({ body }) => spansIn(body));
  }

  async stop(): Promise<void> {
    await new Promise((done) => this.server.close(done));
  }
}

type Span = { readonly name: string; readonly trace: string; readonly id: string; readonly parent: string };

/** The fields of a protobuf message: number, and bytes where it has any. */
function fieldsOf(message: Buffer): Array<{ readonly number: number; readonly bytes: Buffer }> {
  const fields: Array<{ number: number; bytes: Buffer }> = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = message[at++] ?? 0;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const key = varint();
    const wire = key & 7;
    const length = wire === 2 ? varint() : wire === 1 ? 8 : wire === 5 ? 4 : 0;
    if (wire === 0) varint();
    fields.push({ number: key >>> 3, bytes: message.subarray(at, at + length) });
    at += length;
  }
  return fields;
}

const nested = (messages: readonly Buffer[], number: number) =>
  messages.flatMap((message) => fieldsOf(message).flatMap((field) => (field.number === number ? [field.bytes] : [])));

/** The spans of an ExportTraceServiceRequest: resource_spans (1), scope_spans (2), spans (2) of opentelemetry/proto/trace/v1. */
function spansIn(request: Buffer): Span[] {
  return nested(nested(nested([request], 1), 2), 2).map((message) => {
    const bytes = (number: number) =>
      fieldsOf(message).find((field) => field.number === number)?.bytes ?? Buffer.alloc(0);
    return {
      trace: bytes(1).toString('hex'),
      id: bytes(2).toString('hex'),
      parent: bytes(4).toString('hex'),
      name: bytes(5).toString('utf8'),
    };
  });
}

let collector: Collector;

beforeAll(async () => {
  collector = await Collector.start();
});

afterAll(async () => {
  await collector.stop();
});

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('where the standard variables name a collector', () => {
  const trace = '0af7651916cd43dd8448eb211c80319c';
  const caller = 'b7ad6b7169203331';
  const givenToTheQuery = 'what-a-person-typed';
  let here: TestContext;

  /** Runs a small story under tracing, and sends all of it before it returns. */
  async function story(): Promise<readonly Span[]> {
    for (const [name, value] of Object.entries({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_SERVICE_NAME: 'muster-under-test',
      OTEL_BSP_SCHEDULE_DELAY: '50',
    }))
      vi.stubEnv(name, value);
    here = await createTestContext({
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, MUSTER_SWEEP_INTERVAL: '1h', MUSTER_POLL_TIMEOUT: '50ms' },
    });
    const fleet = new FleetFixture(here);
    const app = await buildApp(here.context);
    const worker = new RenderWorker(here.context);
    const [api, agent] = await Promise.all(
      [app.api, app.agent].map((listener) => listener.listen({ host: '127.0.0.1', port: 0 })),
    );
    worker.start();
    await until(() => here.context.queue.isHealthy());
    await fleet.create('a', { spec: { os: { image: 'quay.io/acme/a:1' } } });
    await until(async () => (await fleet.rendered('a')).version === 1);
    const declared = await fetch(`${api}/api/v1/restores`, {
      method: 'POST',
      headers: { traceparent: `00-${trace}-${caller}-01`, 'content-type': 'application/json' },
      body: JSON.stringify({ reason: 'INC-1' }),
    });
    expect(declared.status).toBe(201);
    await declared.arrayBuffer();
    await (await fetch(`${api}/healthz`)).arrayBuffer();
    await (await fetch(`${agent}/api/v1/devices/a/rendered?knownRenderedVersion=0`)).arrayBuffer();
    const failing = () => here.context.database.pool.execute(sql`SELECT ${givenToTheQuery}::text::int`);
    await expect(here.context.tracing.span('failing', {}, failing)).rejects.toThrow('Failed query');
    await app.close();
    await worker.stop();
    await here.close();
    return collector.spans;
  }

  test('requests, restores, batches of reports and jobs are exported, each part of what caused it', async () => {
    const spans = await story();
    const named = (name: string) => spans.filter((span) => span.name === name);
    // The span of the caller, whose id came with the request, is the parent of ours.
    const [request] = named('POST /api/v1/restores');
    expect(request).toMatchObject({ trace, parent: caller });
    // The body was read in between, and the declaration is a part of its request all the same.
    expect(named('declare restore')).toEqual([expect.objectContaining({ trace, parent: request?.id })]);
    expect(named('accept reports')).toEqual([expect.objectContaining({ parent: '' })]);
    expect(named('job render-devices').length).toBeGreaterThan(0);
    // Probes are not worth a trace.
    expect(spans.map(({ name }) => name).join()).not.toContain('healthz');
    const [export_] = collector.requests;
    expect(export_).toMatchObject({ path: '/v1/traces', type: 'application/x-protobuf' });
    expect(export_?.body.includes('muster-under-test')).toBe(true);
    // Why a query failed, but not with which values.
    expect(named('failing')).toHaveLength(1);
    const sent = Buffer.concat(collector.requests.map(({ body }) => body));
    expect(sent.includes('Failed query')).toBe(true);
    expect(sent.includes(givenToTheQuery)).toBe(false);
  });
});

describe('whether anything is traced', () => {
  const wants = (env: Record<string, string>) => wantsTraces(readConfig(env));

  test.each([
    [{}, false],
    [{ OTEL_SERVICE_NAME: 'muster' }, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }, true],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://collector/v1/traces' }, true],
    [{ OTEL_TRACES_EXPORTER: 'otlp' }, true],
    [{ OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }, false],
    [{ OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }, false],
  ] as const)('with %j is %s', (env, expected) => {
    expect(wants(env)).toBe(expected);
  });

  test.each([
    [{ OTEL_TRACES_EXPORTER: 'zipkin' }, 'OTEL_TRACES_EXPORTER: expected otlp or none'],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'OTEL_EXPORTER_OTLP_PROTOCOL: expected http/protobuf'],
  ] as const)('cannot be asked for with %j, and the refusal says what can', (env, message) => {
    expect(() => wants(env)).toThrow(message);
  });

  test('is no by itself: then the work is done, and nothing else', async () => {
    const here = await createTestContext();
    onTestFinished(() => here.close());
    expect(here.context.tracing).toBe(noTracing);
    expect(await noTracing.span('work', {}, async () => 7)).toBe(7);
  });
});
