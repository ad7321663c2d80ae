import { once } from 'node:events';
import { sql } from 'drizzle-orm';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { declareRestore } from '../../src/usecases/declare-restore.ts';
import { startAgentServer } from '../support/agent-server.ts';
import { agentSockets } from '../support/agent-sockets.ts';
import { by } from '../support/fleet-fixture.ts';
import { until } from '../support/held-transactions.ts';
import { foreignTimeline } from '../support/random-positions.ts';
import { keptCounts } from '../support/restore-rows.ts';
import { SocketDevice } from '../support/socket-device.ts';

const here = agentSockets();

const at = (version: number) => ({ renderedVersion: String(version) });

describe('a restore', () => {
  test('is a reason to ask the device where it is, once', async () => {
    await here.server.fleet.running('a');
    const device = await here.connect('a');
    await device.ask(at(1));
    await here.server.fleet.declareRestore();
    expect(await device.next('report-request')).toEqual({ type: 'report-request', reason: 'restore' });
    for (let n = 0; n < 3; n += 1) here.server.gateway.waiting.lookAt(['a']);
    await device.settled();
    expect(device.unread).toEqual([]);
    expect(await device.ask(at(1))).toMatchObject({
      verdict: 'InSync',
      gate: 'Open',
      restore: await here.server.restore(),
    });
  });

  test('declared right after the service began is a reason to ask too', async () => {
    const fresh = await startAgentServer();
    onTestFinished(() => fresh.close());
    await fresh.fleet.running('a');
    const device = await SocketDevice.connect(fresh.url, 'a');
    onTestFinished(() => device.close());
    await device.ask(at(1));
    await fresh.fleet.declareRestore();
    await device.next('report-request');
  });

  test('whose news is lost is noticed by looking', async () => {
    await here.server.fleet.running('a');
    const device = await here.connect('a');
    await device.ask(at(1));
    const silent = { publish: () => undefined, subscribe: () => () => undefined, close: async () => undefined };
    await declareRestore({ ...here.server.context, bus: silent }, { by });
    here.server.gateway.waiting.lookAt(['a']);
    await device.next('report-request');
  });

  test('that follows another one asks again', async () => {
    await here.server.fleet.running('a');
    const device = await here.connect('a');
    await device.ask(at(1));
    for (let n = 0; n < 3; n += 1) {
      const restore = await here.server.fleet.declareRestore();
      await device.next('report-request');
      expect(await device.ask(at(1))).toMatchObject({ restore, gate: 'Open' });
    }
  });

  test('keeps anything from being sent on what the device said before, even once it has answered elsewhere', async () => {
    await here.server.fleet.running('a');
    const device = await here.connect('a');
    await device.ask(at(0));
    await device.next('rendered');
    await here.server.fleet.declareRestore();
    await device.next('report-request');
    await here.server.fleet.report('a', 1);
    await here.server.fleet.edit('a', 'quay.io/acme/a:2');
    await here.server.fleet.render();
    here.server.gateway.waiting.lookAt(['a']);
    await device.settled();
    expect(device.unread).toEqual([]);
    await device.ask(at(1));
    expect((await device.next('rendered')).device.spec).toMatchObject({ os: { image: 'quay.io/acme/a:2' } });
  });

  test('is not answered by a report that says nothing of where the device is now', async () => {
    await here.server.fleet.running('a');
    const device = await here.connect('a');
    await device.ask(at(1));
    await here.server.fleet.declareRestore();
    await device.next('report-request');
    expect(await device.ask({ status: { summary: { status: 'Online' } } })).toMatchObject({
      gate: 'AwaitingReconnect',
    });
    expect(await keptCounts(here.server.context)).toMatchObject({ awaiting: 1 });
    await device.settled();
    expect(device.unread).toEqual([]);
  });

  test('lets a lower version than was under way be sent at once', async () => {
    await here.server.fleet.running('a');
    for (const tag of ['2', '3']) {
      await here.server.fleet.edit('a', `quay.io/acme/a:${tag}`);
      await here.server.fleet.render();
    }
    const device = await here.connect('a');
    await device.ask(at(1));
    await device.next('rendered');
    // The restored database has it at version 1, and its device never ran more than that.
    await here.server.context.database.pool.execute(sql`UPDATE device_positions SET version = 1`);
    await here.server.fleet.declareRestore();
    await device.next('report-request');
    await device.ask(at(1));
    await here.server.fleet.edit('a', 'quay.io/acme/a:4');
    await here.server.fleet.render();
    const { device: document } = await device.next('rendered');
    expect(document.metadata.annotations?.['device-controller/renderedVersion']).toBe('2');
  });
});

describe('pings', () => {
  test('keep a connection that answers, and end one that does not', async () => {
    const pinging = await startAgentServer({ pingEveryMs: 30 });
    onTestFinished(() => pinging.close());
    await pinging.fleet.running('a', 'b');
    const answering = await SocketDevice.connect(pinging.url, 'a');
    onTestFinished(() => answering.close());
    const silent = await SocketDevice.connect(pinging.url, 'b', { autoPong: false });
    let pings = 0;
    answering.socket.on('ping', () => (pings += 1));
    expect((await silent.closed).code).toBe(1006);
    await until(() => pings > 5);
    expect(await answering.ask(at(1))).toMatchObject({ verdict: 'InSync' });
  });
});

describe('a stopping service', () => {
  test('says goodbye with 1001', async () => {
    const stopping = await startAgentServer();
    await stopping.fleet.running('a');
    const device = await SocketDevice.connect(stopping.url, 'a');
    await device.ask(at(1));
    await stopping.close();
    expect((await device.closed).code).toBe(1001);
  });

  test('answers what a device has sent before it goes', async () => {
    const stopping = await startAgentServer();
    await stopping.fleet.running('a');
    const device = await SocketDevice.connect(stopping.url, 'a');
    await device.ask(at(1));
    device.report(at(2));
    await until(async () => (await stopping.fleet.row('a')).state.conflict !== null);
    await stopping.close();
    expect(await device.next('verdict')).toMatchObject({ gate: 'ConflictPaused' });
  });

  test('does not wait for a device that does not answer its goodbye', async () => {
    const stopping = await startAgentServer();
    const silent = new WebSocket(`${stopping.url.replace('http', 'ws')}/api/v1/devices/a/connect`, ['muster.v1']);
    silent.on('error', () => undefined);
    await once(silent, 'open');
    silent.pause();
    await stopping.close();
    silent.terminate();
  });
});

describe('more reports than can be taken', () => {
  test('are refused with 1013 and the seconds to stay away', async () => {
    const small = await startAgentServer({ env: { MUSTER_REPORT_QUEUE: '1' } });
    onTestFinished(() => small.close());
    await small.fleet.running('a', 'b', 'c');
    const devices = await Promise.all(['a', 'b', 'c'].map((name) => SocketDevice.connect(small.url, name)));
    for (const device of devices) for (let n = 0; n < 30; n += 1) device.report(at(1));
    const ends = await Promise.race(devices.map((device) => device.closed));
    expect(ends.code).toBe(1013);
    expect(Number(ends.reason)).toBeGreaterThan(0);
    await Promise.all(devices.map((device) => device.close()));
  });

  test('so does a database that is gone', async () => {
    const cut = await startAgentServer();
    onTestFinished(() => cut.close());
    const device = await SocketDevice.connect(cut.url, 'a');
    await until(() => cut.context.queue.isHealthy());
    await cut.database.drop();
    device.report(at(1));
    const { code, reason } = await device.closed;
    expect(code).toBe(1013);
    expect(Number(reason)).toBeGreaterThan(0);
  });

  test('never carries a timeline that it was not asked for', async () => {
    await here.server.fleet.running('a');
    const device = await here.connect('a');
    expect(await device.ask({ ...at(1), timeline: foreignTimeline })).toMatchObject({ verdict: 'Diverged' });
  });
});
