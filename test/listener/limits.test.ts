import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startListeners, type Listeners } from '../support/listeners.ts';
import { RawConnection, readAnswer } from '../support/raw-connection.ts';

let server: Listeners;
const connections: RawConnection[] = [];

beforeAll(async () => {
  server = await startListeners({ MUSTER_HEADERS_TIMEOUT: '300ms', MUSTER_REQUEST_TIMEOUT: '600ms' });
});

afterAll(async () => {
  await server.close();
});

afterEach(() => {
  for (const { socket } of connections.splice(0)) socket.destroy();
});

function open(url: string): RawConnection {
  const connection = new RawConnection(url);
  connections.push(connection);
  return connection;
}

/** A listener waits for connections on which nothing was asked yet: a service that stops cuts them in the end. */
async function closed(listeners: Listeners): Promise<void> {
  for (const { socket } of connections.splice(0)) socket.destroy();
  await listeners.close();
}

const resume = '/api/v1/deviceactions/resume';

async function post(path: string, body: string | Buffer, contentType = 'application/json') {
  const response = await fetch(`${server.api}${path}`, {
    method: 'POST',
    body,
    headers: { 'content-type': contentType },
  });
  return { code: response.status, headers: response.headers, body: await response.json() };
}

const json = (value: unknown) => JSON.stringify(value);

describe('a request that is too large or makes no sense is refused with a Status', () => {
  test.each([
    [
      'too many bytes for this route',
      json({ labelSelector: 'a=b', reason: 'x'.repeat(1_100_000) }),
      413,
      'the request body is too large: expected at most 1048576 bytes',
    ],
    ['JSON that is nested too deep', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`, 400, 'levels of nesting'],
    ['a selector of 100 kB', json({ labelSelector: `a in (${'b,'.repeat(50_000)}b)` }), 400, '<=65536 characters'],
    [
      'more members than a set may have',
      json({ labelSelector: `a in (${'b,'.repeat(10_000)}b)` }),
      400,
      'expected at most 10000 set members',
    ],
    ['NUL', json({ labelSelector: 'a=b\u0000' }), 400, 'NUL'],
    ['half a surrogate pair', '{"labelSelector":"a=\\ud800"}', 400, 'half a surrogate pair'],
    ['a key that changes what objects are', '{"__proto__":{"labelSelector":"a"}}', 400, 'JSON'],
    ['half a document', '{"labelSelector":', 400, 'JSON'],
  ])('%s', async (_what, body, code, message) => {
    const answer = await post(resume, body);
    expect(answer.body).toMatchObject({
      kind: 'Status',
      status: 'Failure',
      code,
      message: expect.stringContaining(message),
    });
    expect(answer.code).toBe(code);
  });

  test('bytes that are no UTF-8', async () => {
    const answer = await post(resume, Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]));
    expect(answer.code).toBe(400);
  });

  test('a body of ten megabytes, before it is read to its end', async () => {
    const connection = open(server.api).send(
      `POST ${resume} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10000000\r\n\r\n{`,
    );
    expect(readAnswer(await connection.answer).code).toBe(413);
  });

  test('a declaration of a restore that is longer than any', async () => {
    const answer = await post('/api/v1/restores', json({ reason: 'x'.repeat(70_000) }));
    expect(answer.body).toMatchObject({
      code: 413,
      message: 'the request body is too large: expected at most 65536 bytes',
    });
  });

  test('a set of ten thousand members is none of these', async () => {
    const members = Array.from({ length: 10_000 }, (_, index) => `m${index}`).join(',');
    expect(await post(resume, json({ labelSelector: `none in (${members})` }))).toMatchObject({
      code: 200,
      body: { resumedDevices: 0 },
    });
  });
});

describe.each(['api', 'agent'] as const)('the %s listener', (side) => {
  test('refuses more header lines than it reads', async () => {
    const lines = (count: number) => Array.from({ length: count }, (_, n) => `X-${n}: 1\r\n`).join('');
    const ask = (count: number) =>
      open(server[side]).send(`GET /nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${lines(count)}\r\n`);
    expect(readAnswer(await ask(197).answer).code).toBe(404);
    for (const count of [199, 1_500]) {
      expect(readAnswer(await ask(count).answer)).toMatchObject({
        code: 431,
        body: { kind: 'Status', code: 431, message: 'expected at most 200 header lines' },
      });
    }
  });

  test('refuses headers that are too long', async () => {
    const connection = open(server[side]).send(
      `GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: ${'a'.repeat(200_000)}\r\n\r\n`,
    );
    expect(readAnswer(await connection.answer)).toMatchObject({
      code: 431,
      body: { kind: 'Status', message: 'expected at most 131072 bytes of headers' },
    });
  });

  test.each([
    'GARBAGE\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    'GET / HTTP/1.1\r\nA B: 1\r\n\r\n',
    '\u0000\u0001\u0002\r\n\r\n',
  ])('refuses what is no HTTP request: %j', async (text) => {
    expect(readAnswer(await open(server[side]).send(text).answer)).toMatchObject({
      code: 400,
      body: { kind: 'Status', code: 400, message: 'expected an HTTP/1.1 request' },
    });
  });

  test('closes connections that send their headers or bodies too slowly, and serves others meanwhile', async () => {
    const start = 'PUT /api/v1/devices/d/status HTTP/1.1\r\nHost: localhost\r\n';
    const beginnings = [
      'P',
      `${start}X-Slow: `,
      `${start}Content-Type: application/json\r\nContent-Length: 5000\r\n\r\n{"x":"`,
    ];
    const slow = Array.from({ length: 30 }, (_, n) => open(server[side]).send(beginnings[n % beginnings.length] ?? ''));
    const drip = setInterval(() => {
      for (const [n, { socket }] of slow.entries()) if (socket.writable && n % 3 > 0) socket.write('a');
    }, 50);
    const beside = await fetch(`${server[side]}/nothing`);
    expect(beside.status).toBe(404);
    const answers = await Promise.all(slow.map(({ answer }) => answer));
    clearInterval(drip);
    for (const answer of answers) {
      expect(readAnswer(answer)).toMatchObject({
        code: 408,
        body: {
          kind: 'Status',
          reason: 'Timeout',
          message: 'expected all headers within 0.3 s and the whole request within 0.6 s',
        },
      });
    }
  });

  test('lets no cache keep an answer', async () => {
    const response = await fetch(`${server[side]}/api/v1/devices/nobody/rendered`);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });
});

describe('connections', () => {
  test('past the limit for one address are refused with the limit, and let in again when others have gone', async () => {
    const few = await startListeners({ MUSTER_MAX_CONNECTIONS_PER_ADDRESS: '2' });
    const held = [open(few.api), open(few.api)];
    await Promise.all(held.map(({ socket }) => once(socket, 'connect')));
    const request = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const refused = readAnswer(await open(few.api).send(request).answer);
    expect(refused).toMatchObject({
      code: 429,
      body: { kind: 'Status', message: 'expected at most 2 connections from one address at the same time' },
    });
    expect(refused.headers).toContain('retry-after: 10');
    // The other listener counts for itself.
    expect((await fetch(`${few.agent}/nothing`, { headers: { connection: 'close' } })).status).toBe(404);
    held[0]?.socket.destroy();
    await expect
      .poll(async () => (await fetch(`${few.api}/healthz`, { headers: { connection: 'close' } })).status)
      .toBe(200);
    await closed(few);
  });

  test('past the limit for all are refused with 503', async () => {
    const few = await startListeners({ MUSTER_MAX_CONNECTIONS: '1', MUSTER_MAX_CONNECTIONS_PER_ADDRESS: '0' });
    await once(open(few.agent).socket, 'connect');
    const refused = readAnswer(await open(few.agent).send('GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n').answer);
    expect(refused).toMatchObject({
      code: 503,
      body: { kind: 'Status', message: 'expected at most 1 connections at the same time' },
    });
    await closed(few);
  });

  test('past a limit are refused a WebSocket as well, and closed', async () => {
    const few = await startListeners({ MUSTER_MAX_CONNECTIONS_PER_ADDRESS: '1' });
    await once(open(few.agent).socket, 'connect');
    const upgrade =
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: muster.v1';
    const refused = open(few.agent).send(
      `GET /api/v1/devices/a/connect HTTP/1.1\r\nHost: localhost\r\n${upgrade}\r\n\r\n`,
    );
    expect(readAnswer(await refused.answer)).toMatchObject({ code: 429, body: { kind: 'Status' } });
    await closed(few);
  });

  test('of trusted proxies are not counted for their address', async () => {
    const proxied = await startListeners({
      MUSTER_MAX_CONNECTIONS_PER_ADDRESS: '1',
      MUSTER_TRUSTED_PROXIES: '127.0.0.0/8',
    });
    await once(open(proxied.api).socket, 'connect');
    expect((await fetch(`${proxied.api}/healthz`)).status).toBe(200);
    await closed(proxied);
  });
});

describe('the rate of requests', () => {
  test('of one who administers is limited, with the seconds to wait', async () => {
    const strict = await startListeners({ MUSTER_ADMIN_RATE: '1' });
    onTestFinished(() => strict.close());
    const answers = [];
    for (let n = 0; n < 15; n += 1) answers.push(await fetch(`${strict.api}/api/v1/labels?kind=Device`));
    const refused = answers.find(({ status }) => status === 429);
    expect(answers.slice(0, 10).every(({ status }) => status === 200)).toBe(true);
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused?.json()).toMatchObject({
      kind: 'Status',
      code: 429,
      reason: 'TooManyRequests',
      message: expect.stringContaining('expected at most 1 requests a second from one principal'),
    });
  });

  test('has no limit where it is 0', async () => {
    const free = await startListeners({ MUSTER_ADMIN_RATE: '0' });
    onTestFinished(() => free.close());
    const answers = await Promise.all(Array.from({ length: 300 }, () => fetch(`${free.api}/healthz`)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
  });
});

describe('answers of the admin listener', () => {
  test('tell browsers to run and frame nothing foreign', async () => {
    const { headers } = await fetch(`${server.api}/api/v1/version`);
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('strict-transport-security')).toBeNull();
    expect(headers.get('cache-control')).toBe('no-store');
  });

  test('do so for the documentation as well, which needs nothing that this forbids', async () => {
    const page = await (await fetch(`${server.api}/docs/`)).text();
    expect(page).not.toMatch(/<script(?![^>]*\ssrc=)[^>]*>\s*\S/);
    expect(page).not.toMatch(/(?:src|href)="https?:/);
    const script = await fetch(`${server.api}/docs/static/swagger-ui-bundle.js`);
    expect(script.status).toBe(200);
    await script.text();
  });
});
