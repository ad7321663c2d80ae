import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startListeners, type Listeners } from '../support/listeners.ts';
import { RawConnection, readAnswer } from '../support/raw-connection.ts';

let server: Listeners;
const connections: RawConnection[] = [];

beforeAll(async () => {
  server = await startListeners();
  await server.fleet.create('gateway-1', { spec: { os: { image: 'quay.io/acme/gateway:1' } } });
});

afterEach(() => {
  for (const { socket } of connections.splice(0)) socket.destroy();
});

afterAll(async () => {
  await server.close();
});

const sides = ['api', 'agent'] as const;
const upgrade = (protocol: string) =>
  `Connection: Upgrade\r\nUpgrade: ${protocol}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n`;

/** Sends one request and waits until the listener has closed the connection. */
async function answerTo(side: 'api' | 'agent', head: string, headers = 'Connection: close\r\n') {
  const connection = new RawConnection(server[side]);
  connections.push(connection);
  connection.send(`${head} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`);
  return readAnswer(await connection.answer);
}

describe.each(sides)('on the listener %s', (side) => {
  test.each([
    ['/api/v1/devices/%zz/rendered', 'the path is not percent-encoded UTF-8'],
    ['/%E0%A4%A', 'the path is not percent-encoded UTF-8'],
    [`/api/v1/devices/${'x'.repeat(400)}`, 'a part of the path is longer than any name'],
  ])('a path that cannot be read is refused with a Status: %s', async (path, message) => {
    for (const headers of ['Connection: close\r\n', upgrade('websocket')]) {
      const { code, headers: answered, body } = await answerTo(side, `GET ${path}`, headers);
      expect({ code, body }).toMatchObject({ code: 400, body: { kind: 'Status', code: 400, message } });
      expect(answered).toContain('x-request-id: ');
      expect(answered).toContain('cache-control: no-store');
    }
  });

  test('a path that there is none of is not found, whatever the method', async () => {
    expect(await answerTo(side, 'DELETE /api/v1/nothing')).toMatchObject({ code: 404, body: { reason: 'NotFound' } });
  });
});

test.each([
  ['api', 'PATCH', '/api/v1/version', 'GET, HEAD'],
  ['api', 'TRACE', '/api/v1/devices/gateway-1?x=y', 'DELETE, GET, HEAD, PATCH, PUT'],
  ['api', 'OPTIONS', '/api/v1/restores/current', 'GET, HEAD'],
  ['agent', 'DELETE', '/api/v1/devices/gateway-1/status', 'PATCH, PUT'],
  ['agent', 'GET', '/api/v1/enrollmentrequests', 'POST'],
  // A poll is a report, and HEAD must change nothing.
  ['agent', 'HEAD', '/api/v1/devices/gateway-1/rendered', 'GET'],
] as const)(
  'a method that a path of the listener %s has not is refused with those that it has: %s %s',
  async (...row) => {
    const [side, method, path, allowed] = row;
    const { code, headers } = await answerTo(side, `${method} ${path}`);
    expect(code).toBe(405);
    expect(headers.split('\r\n')).toContain(`allow: ${allowed.toLowerCase()}`);
  },
);

test('the answer to such a method is a Status that names those that there are', async () => {
  const { body } = await answerTo('api', 'DELETE /api/v1/version');
  const message = 'there is no DELETE at /api/v1/version: expected GET or HEAD';
  expect(body).toMatchObject({ kind: 'Status', code: 405, reason: 'MethodNotAllowed', message });
});

test.each([
  ['/api/v1/devices/gateway-1/rendered', 'websocket'],
  ['/api/v1/devices/gateway-1/rendered', 'h2c'],
  ['/api/v1/devices/gateway-1/connect', 'h2c'],
])('an upgrade that cannot be had is refused, and the connection closed: %s to %s', async (path, protocol) => {
  expect(await answerTo('agent', `GET ${path}`, upgrade(protocol))).toMatchObject({
    code: 400,
    body: { kind: 'Status', message: expect.stringContaining('expected no upgrade here') },
  });
});
