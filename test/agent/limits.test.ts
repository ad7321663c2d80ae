import { once } from 'node:events';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { maxFrameBytes } from '../../src/agent/frames.ts';
import type { Environment } from '../../src/config/config.ts';
import { startAgentServer, type AgentServer } from '../support/agent-server.ts';
import { until } from '../support/held-transactions.ts';
import { SocketDevice } from '../support/socket-device.ts';

const closing: Array<() => Promise<void>> = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function serverWith(env: Environment): Promise<AgentServer> {
  const server = await startAgentServer({ env });
  closing.push(() => server.close());
  return server;
}

describe('the rate of a device', () => {
  test('counts its polls, and refuses with the seconds to wait what comes too often', async () => {
    const server = await serverWith({ MUSTER_DEVICE_RATE: '1', MUSTER_POLL_TIMEOUT: '10ms' });
    await server.fleet.running('a', 'b');
    const answers = [];
    for (let n = 0; n < 14; n += 1) answers.push(await server.poll('a', { knownRenderedVersion: 1 }));
    expect(answers.slice(0, 10).every(({ code }) => code < 300)).toBe(true);
    const refused = answers.find(({ code }) => code === 429);
    expect(refused?.body).toMatchObject({
      kind: 'Status',
      reason: 'TooManyRequests',
      message: expect.stringContaining('expected at most 1 requests a second from one device'),
    });
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    // Another device is none the worse for it.
    expect((await server.poll('b', { knownRenderedVersion: 1 })).code).toBe(204);
  });

  test('counts frames too: one too many is answered with the limit, and the connection closed with the seconds', async () => {
    const server = await serverWith({ MUSTER_DEVICE_RATE: '1' });
    await server.fleet.running('a');
    const device = await SocketDevice.connect(server.url, 'a');
    for (let n = 0; n < 12; n += 1) device.report({ renderedVersion: '1' });
    expect(await device.next('error')).toMatchObject({
      code: 429,
      message: expect.stringContaining('from one device'),
    });
    const { code, reason } = await device.closed;
    expect(code).toBe(1013);
    expect(Number(reason)).toBeGreaterThan(0);
  });

  test('counts what names no device for the address that it comes from', async () => {
    const server = await serverWith({ MUSTER_DEVICE_RATE: '1' });
    const enroll = () =>
      server.call('/enrollmentrequests', {
        method: 'POST',
        body: '{}',
        headers: { 'content-type': 'application/json' },
      });
    const codes = [];
    for (let n = 0; n < 14; n += 1) codes.push((await enroll()).code);
    expect(codes.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 400));
    expect(codes).toContain(429);
  });

  test('is far above what a device does that reconnects without end', async () => {
    const server = await serverWith({});
    await server.fleet.running('a');
    for (let n = 0; n < 20; n += 1) {
      await server.fleet.declareRestore();
      expect((await server.poll('a', { knownRenderedVersion: 1 })).code).toBeLessThan(300);
      expect((await server.poll('a', { knownRenderedVersion: 0 })).code).toBeLessThan(300);
    }
  });
});

describe('what one device may hold open', () => {
  test('are as many polls as it may: a further one ends the oldest', async () => {
    const server = await serverWith({ MUSTER_MAX_POLLS_PER_DEVICE: '2' });
    await server.fleet.running('a');
    const ended: number[] = [];
    const leave = new AbortController();
    const poll = async (n: number) => {
      const path = '/devices/a/rendered?knownRenderedVersion=1';
      const answer = await server.call(path, { signal: leave.signal }).catch(() => undefined);
      if (answer?.code === 204) ended.push(n);
    };
    const polls = [];
    for (let n = 0; n < 4; n += 1) {
      polls.push(poll(n));
      const waiting = Math.min(n + 1, 2);
      await until(() => server.gateway.waiting.pollCount === waiting && ended.length === n + 1 - waiting);
    }
    expect(ended).toEqual([0, 1]);
    leave.abort();
    await Promise.all(polls);
  });
});

describe('a WebSocket', () => {
  test('whose frame is larger than any may be is closed with 1009', async () => {
    const server = await serverWith({});
    const device = await SocketDevice.connect(server.url, 'a');
    device.send(`{"type":"report","spec":{"a":"${'x'.repeat(maxFrameBytes)}"}}`);
    expect((await device.closed).code).toBe(1009);
  });

  test('that is no text is refused, and one that is no UTF-8 closed with 1007', async () => {
    const server = await serverWith({});
    const device = await SocketDevice.connect(server.url, 'a');
    device.send(Buffer.from([1, 2, 3]));
    expect(await device.next('error')).toMatchObject({
      code: 400,
      message: 'frame: expected a text frame, found a binary one',
    });
    device.socket.send(Buffer.from([0x7b, 0xff, 0xfe]), { binary: false });
    expect((await device.closed).code).toBe(1007);
  });

  test('that does not read is cut once too much waits to be sent, and others are served meanwhile', async () => {
    const server = await serverWith({ MUSTER_DEVICE_RATE: '0' });
    await server.fleet.running('a', 'b');
    const deaf = new WebSocket(`${server.url.replace('http', 'ws')}/api/v1/devices/a/connect`, ['muster.v1']);
    deaf.on('error', () => undefined);
    await once(deaf, 'open');
    deaf.pause();
    // The answer lists what is wrong, and is longer than the frame.
    const wrong = JSON.stringify({
      type: 'report',
      status: Object.fromEntries(
        ['conditions', 'applications', 'config', 'os', 'resources', 'summary'].map((key) => [key, 1]),
      ),
    });
    const drip = setInterval(() => {
      if (deaf.bufferedAmount < 1_000_000) for (let n = 0; n < 2_000; n += 1) deaf.send(wrong);
    }, 5);
    const listening = await SocketDevice.connect(server.url, 'b');
    onTestFinished(() => listening.close());
    await until(() => server.gateway.sockets.count === 1);
    clearInterval(drip);
    expect(await listening.ask({ renderedVersion: '1' })).toMatchObject({ verdict: 'InSync' });
    deaf.terminate();
  });
});
