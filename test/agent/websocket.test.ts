import { describe, expect, test } from 'vitest';
import { maxFrameBytes } from '../../src/agent/frames.ts';
import { agentSockets } from '../support/agent-sockets.ts';
import { until } from '../support/held-transactions.ts';
import { keptCounts } from '../support/restore-rows.ts';
import { positionRow } from '../support/table-rows.ts';

const here = agentSockets();

const at = (version: number) => ({ renderedVersion: String(version) });

describe('a report over a WebSocket', () => {
  test('is answered with the verdict, the gate, the restore and the id of the report', async () => {
    await here.server.fleet.running('a');
    const restore = await here.server.fleet.declareRestore();
    const device = await here.connect('a');
    const { timeline, version, specHash } = await here.server.fleet.rendered('a');
    expect(await device.ask({ id: 7, renderedVersion: String(version), timeline, specHash })).toEqual({
      type: 'verdict',
      id: 7,
      verdict: 'InSync',
      gate: 'Open',
      info: expect.stringContaining('version 1'),
      restore,
    });
    expect(await keptCounts(here.server.context)).toMatchObject({ answered: 1, in_sync: 1 });
  });

  test('has no id in its answer if it had none', async () => {
    await here.server.fleet.running('a');
    const device = await here.connect('a');
    expect(await device.ask(at(1))).not.toHaveProperty('id');
  });

  test('that says nothing is from a device that has no spec, and gets one', async () => {
    await here.server.fleet.running('a');
    const device = await here.connect('a');
    expect(await device.ask()).toMatchObject({ verdict: 'Behind', gate: 'Open' });
    const { device: document } = await device.next('rendered');
    expect(document).toMatchObject({
      kind: 'Device',
      metadata: {
        name: 'a',
        annotations: {
          'device-controller/renderedVersion': '1',
          'device-controller/renderedSpecHash': (await here.server.fleet.rendered('a')).specHash,
          'muster/timeline': await here.server.restore(),
          'muster/restore': await here.server.restore(),
        },
      },
      spec: { os: { image: 'quay.io/acme/a:1' } },
    });
  });

  test('from a device that is ahead pauses it, delivers nothing, and asks for its spec until that has come', async () => {
    await here.server.fleet.running('a');
    await here.server.fleet.declareRestore();
    const device = await here.connect('a');
    expect(await device.ask({ id: 1, ...at(9) })).toMatchObject({
      verdict: 'Ahead',
      gate: 'ConflictPaused',
      wants: ['spec'],
    });
    expect(await device.ask({ id: 2, ...at(9), spec: { os: { image: 'x:9' } } })).not.toHaveProperty('wants');
    await device.settled();
    expect(device.unread).toEqual([]);
  });

  test('may send the spec alone: it is of the version that was reported before', async () => {
    await here.server.fleet.paused('a');
    const device = await here.connect('a');
    expect(await device.ask({ id: 1, ...at(4) })).toHaveProperty('wants');
    expect(await device.ask({ id: 2, spec: { os: { image: 'x:4' } } })).toMatchObject({ gate: 'ConflictPaused' });
    expect(await device.ask({ id: 3, ...at(4) })).not.toHaveProperty('wants');
  });

  test('that only tells of the status leaves the position where it was, and delivers nothing again', async () => {
    await here.server.fleet.running('a');
    const device = await here.connect('a');
    await device.ask(at(1));
    expect(await device.ask({ status: { summary: { status: 'Degraded' } } })).toMatchObject({ verdict: 'InSync' });
    await device.settled();
    expect(device.unread).toEqual([]);
    expect(await positionRow(here.server.context, 'a')).toMatchObject({ reported_version: '1' });
  });

  test('reads the version from the status where it is only there', async () => {
    await here.server.fleet.running('a');
    const device = await here.connect('a');
    expect(await device.ask({ status: { config: { renderedVersion: '1' } } })).toMatchObject({ verdict: 'InSync' });
  });

  test('of an unknown device is refused in words that do not make an agent erase itself, and the connection stays', async () => {
    const device = await here.connect('nobody');
    device.report({ id: 3, ...at(7) });
    const error = await device.next('error');
    expect(error).toMatchObject({ code: 404, id: 3 });
    expect(error.message).not.toMatch(/Device of name "?nobody"? not found/i);
    device.report({ id: 4, ...at(7) });
    expect(await device.next('error')).toMatchObject({ code: 404, id: 4 });
  });

  test('is answered in the order sent, however many come at once', async () => {
    await here.server.fleet.running('a');
    const device = await here.connect('a');
    for (let id = 0; id < 50; id += 1) device.report({ id, ...at(1) });
    const ids: unknown[] = [];
    while (ids.length < 50) ids.push((await device.next('verdict')).id);
    expect(ids).toEqual(Array.from({ length: 50 }, (_, id) => id));
  });

  test('beyond what may be unanswered is refused, and the connection stays', async () => {
    await here.server.fleet.running('a');
    const device = await here.connect('a');
    for (let id = 0; id < 80; id += 1) device.report({ id, ...at(1) });
    const refused = await device.next('error');
    expect(refused).toMatchObject({ code: 429 });
    for (let n = 0; n < 64; n += 1) await device.next('verdict');
    expect(await device.ask({ id: 99, ...at(1) })).toMatchObject({ id: 99 });
  });
});

describe('a frame that is malformed', () => {
  test.each([
    ['no JSON', 'hello'],
    ['an array', '[]'],
    ['no object', '"report"'],
    ['null', 'null'],
    ['of no type', '{}'],
    ['of another type', '{"type":"verdict"}'],
    ['with a version that is no text', '{"type":"report","renderedVersion":7}'],
    ['with a version that is no number', '{"type":"report","renderedVersion":"x"}'],
    ['with a negative version', '{"type":"report","renderedVersion":"-1"}'],
    ['with a version beyond 64 bits', '{"type":"report","renderedVersion":"99999999999999999999"}'],
    ['with a timeline that is no id', '{"type":"report","renderedVersion":"1","timeline":"x"}'],
    ['with a hash that is none', '{"type":"report","renderedVersion":"1","specHash":"x"}'],
    ['with a status that is none', '{"type":"report","renderedVersion":"1","status":{"summary":"fine"}}'],
    ['with text that cannot be stored', '{"type":"report","renderedVersion":"1","status":{"x":"\\u0000"}}'],
    ['nested too deep', `{"type":"report","spec":${'{"a":'.repeat(500)}1${'}'.repeat(500)}}`],
  ])('(%s) is refused with 400, changes nothing, and leaves the connection open', async (_name, text) => {
    await here.server.fleet.running('a');
    await here.server.fleet.declareRestore();
    const before = await positionRow(here.server.context, 'a');
    const device = await here.connect('a');
    device.send(text);
    expect(await device.next('error')).toMatchObject({ code: 400 });
    expect(await positionRow(here.server.context, 'a')).toEqual(before);
    expect(await device.ask(at(1))).toMatchObject({ verdict: 'InSync' });
  });

  test('is refused with its id where that can be read', async () => {
    await here.server.fleet.running('a');
    const device = await here.connect('a');
    device.report({ id: 12, renderedVersion: 'x' });
    expect(await device.next('error')).toMatchObject({ code: 400, id: 12 });
  });

  test('because it is binary is refused, and leaves the connection open', async () => {
    await here.server.fleet.running('a');
    const device = await here.connect('a');
    device.send(Buffer.from('{"type":"report"}'));
    expect(await device.next('error')).toMatchObject({ code: 400 });
    expect(await device.ask(at(1))).toMatchObject({ verdict: 'InSync' });
  });

  test('because it is too big ends the connection with 1009', async () => {
    await here.server.fleet.running('a');
    const device = await here.connect('a');
    device.send(`{"type":"report","spec":{"a":"${'x'.repeat(maxFrameBytes)}"}}`);
    expect((await device.closed).code).toBe(1009);
    expect(await (await here.connect('a')).ask(at(1))).toMatchObject({ verdict: 'InSync' });
  });

  test('because it is no UTF-8 ends the connection with 1007', async () => {
    await here.server.fleet.running('a');
    const device = await here.connect('a');
    device.socket.send(Buffer.from([0xff, 0xfe]), { binary: false });
    expect((await device.closed).code).toBe(1007);
  });
});

describe('a connection', () => {
  test('without the subprotocol is closed with 1008', async () => {
    const device = await here.connect('a', { protocols: [] });
    expect(await device.closed).toMatchObject({ code: 1008, reason: expect.stringContaining('muster.v1') });
  });

  test('that only offers another subprotocol does not come about', async () => {
    await expect(here.connect('a', { protocols: ['muster.v9'] })).rejects.toThrow(/subprotocol/);
  });

  test('of a name that no device can have is closed with 1008', async () => {
    const device = await here.connect('No_Such%20Name');
    expect((await device.closed).code).toBe(1008);
  });

  test('is not made by a request that does not ask for one', async () => {
    expect((await here.server.call('/devices/a/connect')).body).toMatchObject({
      kind: 'Status',
      code: 400,
      message: 'expected a WebSocket of the subprotocol muster.v1',
    });
  });

  test('replaces the older one of the same device, which is closed with 4001', async () => {
    await here.server.fleet.running('a');
    const older = await here.connect('a');
    await older.ask(at(1));
    const newer = await here.connect('a');
    expect((await older.closed).code).toBe(4001);
    expect(await newer.ask(at(1))).toMatchObject({ verdict: 'InSync' });
    expect(here.server.gateway.sockets.count).toBe(1);
  });

  test('leaves nothing behind when it ends', async () => {
    await here.server.fleet.running('a');
    const device = await here.connect('a');
    await device.ask(at(1));
    expect(here.server.gateway.waiting.count).toBe(1);
    device.socket.terminate();
    await until(() => here.server.gateway.waiting.count === 0 && here.server.gateway.sockets.count === 0);
  });
});

describe('a new spec', () => {
  test('is sent as soon as it is rendered', async () => {
    await here.server.fleet.running('a');
    const device = await here.connect('a');
    await device.ask(at(1));
    await here.server.fleet.edit('a', 'quay.io/acme/a:2');
    await here.server.fleet.render();
    const { device: document } = await device.next('rendered');
    expect(document.spec).toEqual({ os: { image: 'quay.io/acme/a:2' }, config: [], consoles: [] });
    expect(await device.ask(at(2))).toMatchObject({ verdict: 'InSync' });
  });

  test('is sent once: a device that is still at work on it is not sent it again', async () => {
    await here.server.fleet.running('a');
    const device = await here.connect('a');
    await device.ask(at(0));
    await device.next('rendered');
    for (let n = 0; n < 3; n += 1) await device.ask(at(0));
    here.server.gateway.waiting.lookAt(['a']);
    await device.settled();
    await device.ask(at(0));
    expect(device.unread).toEqual([]);
  });

  test('is sent again on a new connection', async () => {
    await here.server.fleet.running('a');
    const first = await here.connect('a');
    await first.ask(at(0));
    await first.next('rendered');
    const second = await here.connect('a');
    await second.ask(at(0));
    expect((await second.next('rendered')).device.metadata.name).toBe('a');
  });

  test('is not sent on a connection on which the device has not said where it is', async () => {
    await here.server.fleet.running('a');
    const device = await here.connect('a');
    await here.server.fleet.edit('a', 'quay.io/acme/a:2');
    await here.server.fleet.render();
    here.server.gateway.waiting.lookAt(['a']);
    await until(async () => (await here.server.fleet.row('a')).state.server.version === 2);
    await device.settled();
    expect(device.unread).toEqual([]);
  });

  test('after a resume is sent without the device having to ask', async () => {
    await here.server.fleet.paused('a');
    const device = await here.connect('a');
    expect(await device.ask(at(4))).toMatchObject({ gate: 'ConflictPaused' });
    await here.server.fleet.resumeNamed('a');
    await here.server.fleet.render();
    const { device: document } = await device.next('rendered');
    expect(document.metadata.annotations?.['device-controller/renderedVersion']).toBe('5');
    expect(await device.ask(at(5))).toMatchObject({ verdict: 'InSync', gate: 'Open' });
  });
});
