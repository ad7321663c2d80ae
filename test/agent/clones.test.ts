import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { saveStatuses } from '../../src/db/device-documents.ts';
import { agentSockets } from '../support/agent-sockets.ts';
import { until } from '../support/held-transactions.ts';
import { SocketDevice } from '../support/socket-device.ts';

const here = agentSockets();

async function clonesNoticed(name: string): Promise<{ message: string; details: object; type: string }[]> {
  return [
    ...(await here.server.context.database.pool.execute<{ message: string; details: object; type: string }>(
      sql`SELECT type, message, details FROM events WHERE reason = 'DeviceClonesNoticed' AND involved_name = ${name} ORDER BY id`,
    )),
  ];
}

async function signs(evidence: string): Promise<number> {
  const text = await here.server.context.metrics.scrape();
  return Number(
    new RegExp(`^muster_device_clone_signs_total\\{evidence="${evidence}"\\} (\\d+)$`, 'm').exec(text)?.[1],
  );
}

const status = (systemInfo: Record<string, string>) => ({ config: { renderedVersion: '1' }, systemInfo });

async function put(name: string, systemInfo: Record<string, string>): Promise<void> {
  const body = { apiVersion: '', kind: '', metadata: { name }, status: status(systemInfo) };
  const headers = { 'content-type': 'application/json' };
  const answer = await here.server.call(`/devices/${name}/status`, {
    method: 'PUT',
    headers,
    body: JSON.stringify(body),
  });
  expect(answer.code).toBe(200);
}

describe('statuses of two machines under one name', () => {
  test('are noticed when a boot comes back: one event, and a count of every sign', async () => {
    await here.server.fleet.running('a');
    const before = await signs('machine');
    for (const bootID of ['one', 'two', 'one', 'two', 'one']) await put('a', { bootID });
    expect(await clonesNoticed('a')).toEqual([
      {
        type: 'Warning',
        message:
          'Two machines speak as device a: boot one is back after two. Give each machine its own name and its own key.',
        details: { detailType: 'MusterClones', evidence: 'boot', value: 'one', other: 'two' },
      },
    ]);
    expect((await signs('machine')) - before).toBe(3);
  });

  test('are noticed by serial number although each machine reboots, over HTTP and WebSocket together', async () => {
    await here.server.fleet.running('a');
    const device = await here.connect('a');
    await put('a', { bootID: 'x1', productSerial: 'X' });
    await device.ask({ renderedVersion: '1', status: status({ bootID: 'y1', productSerial: 'Y' }) });
    expect(await clonesNoticed('a')).toEqual([]);
    await put('a', { bootID: 'x2', productSerial: 'X' });
    expect(await clonesNoticed('a')).toMatchObject([{ details: { evidence: 'serial', value: 'X', other: 'Y' } }]);
  });

  test('are noticed although they share one commit', async () => {
    await here.server.fleet.running('a');
    await here.server.fleet.reportAll(
      ['one', 'two', 'one'].map((bootID) => ({ device: 'a', position: null, status: status({ bootID }) })),
    );
    expect(await clonesNoticed('a')).toHaveLength(1);
  });

  test('are not concluded from a device that reboots, nor from what an administrator writes, nor lost by that', async () => {
    await here.server.fleet.running('a', 'b');
    for (const bootID of ['one', 'one', 'two', 'three', 'three']) await put('a', { bootID });
    expect(await clonesNoticed('a')).toEqual([]);
    await put('b', { bootID: 'one' });
    await put('b', { bootID: 'two' });
    await saveStatuses(here.server.context.database.pool, new Map([['b', '{}']]), new Date());
    await put('b', { bootID: 'one' });
    expect(await clonesNoticed('b')).toHaveLength(1);
  });
});

describe('connections of two machines under one name', () => {
  /** Connects; the connection ends by itself where it is told to come back later. */
  async function connect(name: string): Promise<SocketDevice> {
    return await SocketDevice.connect(here.server.url, name);
  }

  async function takeOver(older: SocketDevice, name: string): Promise<SocketDevice> {
    const counted = new Promise<void>((resolve) => {
      const unsubscribe = here.server.context.bus.subscribe((message) => {
        if (message.type !== 'device-contested') return;
        unsubscribe();
        resolve();
      });
    });
    const newer = await connect(name);
    expect((await older.closed).code).toBe(4001);
    await counted;
    return newer;
  }

  test('are slowed down and noticed: whoever comes too early is told when to come back, and the other one stays', async () => {
    const { clock } = here.server;
    await here.server.fleet.running('fought');
    const before = await signs('connection');
    let holder = await takeOver(await takeOver(await connect('fought'), 'fought'), 'fought');
    expect(await clonesNoticed('fought')).toEqual([]);
    for (const seconds of [10, 20, 40]) {
      clock.advance(seconds * 1_000 - 4_500);
      const early = await connect('fought');
      expect(await early.closed).toEqual({ code: 1013, reason: '5' });
      expect(await holder.ask({ renderedVersion: '1' })).toMatchObject({ verdict: 'InSync' });
      clock.advance(4_500);
      holder = await takeOver(holder, 'fought');
    }
    await until(async () => (await clonesNoticed('fought')).length > 0);
    expect(await clonesNoticed('fought')).toEqual([
      {
        type: 'Warning',
        message:
          'Two machines speak as device fought: its connections took over from each other 3 times while both were alive. Give each machine its own name and its own key.',
        details: { detailType: 'MusterClones', evidence: 'connection', times: 3 },
      },
    ]);
    expect((await signs('connection')) - before).toBe(3);
    await holder.close();
  });

  test('are not concluded from a device that leaves dead connections behind, however often', async () => {
    await here.server.fleet.running('flapping');
    const before = await signs('connection');
    const dead: SocketDevice[] = [];
    for (let n = 0; n < 4; n += 1) {
      const device = await connect('flapping');
      expect(await device.ask({ renderedVersion: '1' })).toMatchObject({ verdict: 'InSync' });
      // Nothing that comes is read any more, as on a line that is gone.
      device.socket.pause();
      dead.push(device);
    }
    await until(() => here.server.gateway.sockets.count === 1);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect((await signs('connection')) - before).toBe(0);
    expect(await clonesNoticed('flapping')).toEqual([]);
    for (const { socket } of dead) socket.terminate();
  });
});
