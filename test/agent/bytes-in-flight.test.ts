import { gzipSync } from 'node:zlib';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { startAgentServer, type AgentServer } from '../support/agent-server.ts';
import { RawConnection, readAnswer } from '../support/raw-connection.ts';
import { SocketDevice } from '../support/socket-device.ts';

let server: AgentServer;
const connections: RawConnection[] = [];

beforeAll(async () => {
  server = await startAgentServer();
  await server.fleet.running('gateway-1', 'gateway-2');
});

afterEach(async () => {
  for (const { socket } of connections.splice(0)) socket.destroy();
  await vi.waitUntil(() => server.gateway.bytes.held === 0);
});

afterAll(() => server.close());

const statusPath = (device: string) => `/api/v1/devices/${device}/status`;
const statusOf = (device: string, bytes: number) => {
  const document = { apiVersion: 'v1beta1', kind: 'Device', metadata: { name: device }, status: { lastSeen: '' } };
  const customInfo = Object.fromEntries(
    Array.from({ length: 1_000 }, (_, at) => [`k${at}`, 'x'.repeat(bytes / 1_000)]),
  );
  return JSON.stringify({ ...document, status: { systemInfo: { customInfo } } });
};
const put = (device: string, body: string | Buffer, headers: Record<string, string> = {}) =>
  server.call(`/devices/${device}/status`, {
    method: 'PUT',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });

/** Sends the head of a status and one byte of it. */
function begin(device: string, length: string): RawConnection {
  const connection = new RawConnection(server.url);
  connections.push(connection);
  const head = `PUT ${statusPath(device)} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`;
  return connection.send(`${head}${length}\r\n\r\n`);
}

test('of 480 large statuses of one device at once as many are taken in as its budget has room for, and others are answered', async () => {
  const all = Array.from({ length: 480 }, () => begin('gateway-1', 'Content-Length: 500000'));
  const refused: string[] = [];
  for (const { answer } of all) void answer.then((text) => refused.push(text));
  await expect.poll(() => refused.length, { timeout: 20_000 }).toBe(476);
  expect(server.gateway.bytes.held).toBe(4 * 500_000);
  for (const text of refused) expect(text).toContain('HTTP/1.1 503');
  expect(readAnswer(refused[0] ?? '')).toMatchObject({
    headers: expect.stringContaining('retry-after: 1'),
    body: { kind: 'Status', message: 'expected at most 2097152 bytes from gateway-1 in flight at the same time' },
  });
  expect((await put('gateway-2', statusOf('gateway-2', 100_000))).code).toBe(200);
  for (const { socket } of all) socket.destroy();
  await expect.poll(() => server.gateway.bytes.held).toBe(0);
  expect((await put('gateway-1', statusOf('gateway-1', 400_000))).code).toBe(200);
});

test('a body that does not say how long it is counts as the longest that there may be', async () => {
  begin('gateway-1', 'Transfer-Encoding: chunked');
  await expect.poll(() => server.gateway.bytes.held).toBe(512 * 1024);
});

test('a status is refused that is larger than any real one, however it comes', async () => {
  expect(await put('gateway-1', statusOf('gateway-1', 600_000))).toMatchObject({ code: 413, body: { kind: 'Status' } });
  const device = await SocketDevice.connect(server.url, 'gateway-1');
  const { status } = JSON.parse(statusOf('gateway-1', 600_000)) as { status: object };
  device.send({ type: 'report', id: 1, status });
  expect(await device.next('error')).toMatchObject({ code: 413, id: 1 });
  await device.close();
});

test('a frame for which its device has no room ends the connection with the seconds to wait, and holds nothing', async () => {
  const device = await SocketDevice.connect(server.url, 'gateway-1');
  const holder = { caller: 'gateway-1', address: '192.0.2.1' };
  server.gateway.bytes.take(holder, 2 * 1024 * 1024);
  device.report({ id: 1 });
  expect(await device.closed).toEqual({ code: 1013, reason: '1' });
  expect(server.gateway.bytes.held).toBe(2 * 1024 * 1024);
  server.gateway.bytes.give(holder, 2 * 1024 * 1024);
  const again = await SocketDevice.connect(server.url, 'gateway-1');
  await again.ask({ id: 2 });
  await expect.poll(() => server.gateway.bytes.held).toBe(0);
  await again.close();
});

test.each(['gzip', 'br', 'deflate', 'zstd'])(
  'a body in the encoding %s is refused with the one that is taken',
  async (encoding) => {
    const body = gzipSync(statusOf('gateway-1', 1_000));
    const { code, headers, body: answer } = await put('gateway-1', body, { 'content-encoding': encoding });
    expect({ code, answer }).toMatchObject({ code: 415, answer: { kind: 'Status', reason: 'UnsupportedMediaType' } });
    expect(headers.get('accept-encoding')).toBe('identity');
  },
);

describe('where all together hold too much', () => {
  test('a request waits for room, and is answered once there is some', async () => {
    const small = await startAgentServer({ env: { MUSTER_MAX_BYTES: '300000' } });
    try {
      await small.fleet.running('gateway-1', 'gateway-2');
      const holder = { caller: 'another', address: '192.0.2.1' };
      small.gateway.bytes.take(holder, 290_000);
      const answer = small.call('/devices/gateway-1/status', {
        method: 'PUT',
        body: statusOf('gateway-1', 100_000),
        headers: { 'content-type': 'application/json' },
      });
      await sleep(100);
      expect(small.gateway.bytes.held).toBe(290_000);
      small.gateway.bytes.give(holder, 290_000);
      expect((await answer).code).toBe(200);
    } finally {
      await small.close();
    }
  });
});
