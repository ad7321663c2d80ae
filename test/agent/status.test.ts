import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { deviceSchema } from '../../src/domain/resources/device.ts';
import { statusSchema } from '../../src/domain/resources/status.ts';
import { readDevice } from '../../src/usecases/read-device.ts';
import { startAgentServer, type AgentServer, type DeviceAnswer } from '../support/agent-server.ts';
import { emptyDatabase } from '../support/empty-database.ts';
import { until } from '../support/held-transactions.ts';
import { foreignTimeline, hashes } from '../support/random-positions.ts';
import { keptCounts } from '../support/restore-rows.ts';
import { positionRow } from '../support/table-rows.ts';

let server: AgentServer;

beforeAll(async () => {
  server = await startAgentServer();
});

afterAll(async () => {
  await server.close();
});

beforeEach(async () => {
  await emptyDatabase(server);
});

type Said = { status?: object; annotations?: object; spec?: object };

function put(name: string, { status = {}, annotations, spec }: Said): Promise<DeviceAnswer> {
  const metadata = { name, ...(annotations && { annotations }) };
  const body = { apiVersion: 'flightctl.io/v1beta1', kind: 'Device', metadata, status, ...(spec && { spec }) };
  return send('PUT', name, body, 'application/json');
}

const patch = (name: string, operations: unknown) => send('PATCH', name, operations, 'application/json-patch+json');

const send = (method: string, name: string, body: unknown, type: string) =>
  server.call(`/devices/${name}/status`, {
    method,
    headers: { 'content-type': type },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

const runs = (version: string) => ({ config: { renderedVersion: version } });

/** Nothing in it makes an agent that reads it as a spec to apply remove or change anything. */
function expectNoOrder({ body }: DeviceAnswer): void {
  const { spec, metadata } = deviceSchema.parse(body);
  expect(spec).toBeUndefined();
  expect(Object.keys(metadata.annotations ?? {})).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/renderedVersion|renderedSpecHash|timeline/)]),
  );
}

async function storedStatus(name: string): Promise<object | undefined> {
  const [row] = await server.context.database.pool.execute<{ status: object }>(
    sql`SELECT status FROM device_statuses WHERE name = ${name}`,
  );
  return row?.status;
}

/** The status of a device as people see it. */
const shown = async (name: string) => (await readDevice(server.context, name)).status;

/** The transaction that wrote the stored status. */
async function writtenBy(name: string): Promise<string | undefined> {
  const [row] = await server.context.database.pool.execute<{ by: string }>(
    sql`SELECT xmin::text AS by FROM device_statuses WHERE name = ${name}`,
  );
  return row?.by;
}

describe('putting a status', () => {
  test('reports where the device is, keeps the status, and answers with how the device stands', async () => {
    await server.fleet.running('a');
    const resources = { cpu: 'Healthy', memory: 'Warning', disk: 'Healthy' };
    const status = { ...runs('1'), resources, summary: { status: 'Error', info: 'hot' }, custom: { kept: true } };
    const answer = await put('a', { status });
    expect(answer).toMatchObject({ code: 200, standing: { verdict: 'InSync', gate: 'Open' } });
    expect((await shown('a'))?.summary).toEqual({ status: 'Degraded', info: 'Warning: memory.' });
    expectNoOrder(answer);
    expect(await storedStatus('a')).toEqual(status);
  });

  test('does not answer a restore: the device may have received a newer version than it has applied', async () => {
    await server.fleet.running('a');
    const restore = await server.fleet.declareRestore();
    const answer = await put('a', { status: runs('1') });
    expect(answer).toMatchObject({ code: 200, standing: { gate: 'AwaitingReconnect', restore } });
    expect(await keptCounts(server.context)).toMatchObject({ awaiting: 1, answered: 0 });
    // What is written now would be rendered as version 2, which is the number that the device received from the lost server.
    await server.fleet.edit('a', 'quay.io/acme/os:restored');
    await server.fleet.render();
    const poll = await server.call('/devices/a/rendered?knownRenderedVersion=2');
    expect(poll).toMatchObject({ code: 204, standing: { verdict: 'Ahead', gate: 'ConflictPaused' } });
    expect(await keptCounts(server.context)).toMatchObject({ awaiting: 0, answered: 1 });
  });

  test('still says what is applied when the poll that answers the restore says what was received', async () => {
    await server.fleet.running('a');
    await server.fleet.edit('a', 'quay.io/acme/os:2');
    await server.fleet.render();
    await server.fleet.declareRestore();
    server.clock.advance(1_000);
    await put('a', { status: runs('1') });
    const poll = await server.call('/devices/a/rendered?knownRenderedVersion=2');
    expect(poll).toMatchObject({ code: 204, standing: { verdict: 'InSync', gate: 'Open' } });
    expect((await server.fleet.row('a')).applied).toBe(1);
  });

  test('reports the whole position where the annotations tell it', async () => {
    await server.fleet.running('a');
    const annotations = { 'muster/timeline': foreignTimeline, 'device-controller/renderedSpecHash': hashes[0] };
    const answer = await put('a', { status: runs('1'), annotations });
    expect(answer.standing).toMatchObject({ verdict: 'Diverged', gate: 'ConflictPaused' });
    expect((await server.fleet.row('a')).state.reported).toEqual({
      timeline: foreignTimeline,
      version: 1,
      specHash: hashes[0],
    });
  });

  test('of a device that is ahead pauses it, and shows it no spec', async () => {
    await server.fleet.running('a');
    await server.fleet.declareRestore();
    const answer = await put('a', { status: runs('9') });
    expect(answer).toMatchObject({ code: 200, standing: { verdict: 'Ahead', gate: 'ConflictPaused' } });
    expect(deviceSchema.parse(answer.body)).toMatchObject({
      metadata: { annotations: { 'device-controller/conflictPaused': 'true' } },
    });
    expect((await shown('a'))?.summary.status).toBe('ConflictPaused');
    expectNoOrder(answer);
  });

  test('cannot claim the states that are the service’s to say, nor clear one', async () => {
    await server.fleet.paused('a');
    const answer = await put('a', { status: { ...runs('4'), summary: { status: 'Online' } } });
    expect(answer.standing.gate).toBe('ConflictPaused');
    expect((await shown('a'))?.summary.status).toBe('ConflictPaused');
    await server.fleet.running('b');
    const claimed = await put('b', { status: { ...runs('1'), summary: { status: 'ConflictPaused' } } });
    expect(claimed.standing.gate).toBe('Open');
    expect((await shown('b'))?.summary.status).toBe('Online');
  });

  test('is answered with the name of the device and how it stood then, and nothing that it sent', async () => {
    await server.fleet.running('a');
    const answered = async () => (await put('a', { status: { ...runs('1'), custom: { sent: true } } })).body;
    const device = (restore: string, annotations = {}) => ({
      apiVersion: 'flightctl.io/v1beta1',
      kind: 'Device',
      metadata: { name: 'a', annotations: { ...annotations, 'muster/restore': restore } },
    });
    expect(await answered()).toEqual(device(await server.restore()));
    const restore = await server.fleet.declareRestore();
    expect(await answered()).toEqual(device(restore, { 'device-controller/awaitingReconnect': 'true' }));
    await put('a', { status: runs('9') });
    expect(await answered()).toEqual(device(restore, { 'device-controller/conflictPaused': 'true' }));
  });

  test('that says the same again is not written again, and one that says anything else is', async () => {
    await server.fleet.running('a');
    const status = { ...runs('1'), custom: { n: 1 } };
    await put('a', { status });
    const first = await writtenBy('a');
    expect((await put('a', { status })).code).toBe(200);
    expect(await writtenBy('a')).toBe(first);
    await put('a', { status: { ...status, custom: { n: 2 } } });
    expect(await writtenBy('a')).not.toBe(first);
    await put('a', { status });
    expect(await storedStatus('a')).toEqual(status);
  });

  test('is written again where a program that knows no digests has stored another one since', async () => {
    await server.fleet.running('a');
    const status = { ...runs('1'), custom: { n: 1 } };
    await put('a', { status });
    await server.context.database.pool.execute(
      sql`UPDATE device_statuses SET status = '{"other":true}', reported_at = reported_at + interval '1 s' WHERE name = 'a'`,
    );
    await put('a', { status });
    expect(await storedStatus('a')).toEqual(status);
  });

  test('that says the same still shows that the device is alive: at once where it seemed gone, else a moment later', async () => {
    await server.fleet.running('a');
    const status = runs('1');
    await put('a', { status });
    const seen = async () => (await server.fleet.row('a')).lastSeen;
    server.clock.advance(server.context.config.disconnectedAfterMs);
    await put('a', { status });
    expect(await seen()).toEqual(server.clock.now());
    server.clock.advance(60_000);
    await put('a', { status });
    await until(async () => (await seen())?.getTime() === server.clock.now().getTime());
  });

  test('keeps the spec that the device says it runs', async () => {
    await server.fleet.paused('a');
    const spec = { os: { image: 'quay.io/acme/lost:9' } };
    await put('a', { status: runs('4'), spec });
    expect(await server.fleet.report('a', 4)).toMatchObject({ wantsSpec: false });
  });

  test.each([
    ['a version that is no number', { status: runs('x') }],
    ['a version beyond 64 bits', { status: runs('99999999999999999999') }],
    ['a timeline that is no id', { status: runs('1'), annotations: { 'muster/timeline': 'x' } }],
    ['a hash that is none', { status: runs('1'), annotations: { 'device-controller/renderedSpecHash': 'x' } }],
    ['a part of the wrong type', { status: { ...runs('1'), summary: 'fine' } }],
    ['text that cannot be stored', { status: { ...runs('1'), custom: '\0' } }],
  ] as ReadonlyArray<[string, Said]>)('with %s is refused with 400 and changes nothing', async (_name, said) => {
    await server.fleet.running('a');
    await server.fleet.declareRestore();
    const before = await positionRow(server.context, 'a');
    const answer = await put('a', said);
    expect(answer.code).toBe(400);
    expect(statusSchema.parse(answer.body).status).toBe('Failure');
    expect(await positionRow(server.context, 'a')).toEqual(before);
    expect(await storedStatus('a')).toBeUndefined();
  });

  test('that is too large is refused with 413', async () => {
    await server.fleet.running('a');
    const answer = await put('a', { status: { ...runs('1'), custom: 'x'.repeat(2 * 1024 * 1024) } });
    expect(answer.code).toBe(413);
  });

  test('of an unknown device lists it, in words that do not make an agent erase itself', async () => {
    const answer = await put('lost', { status: runs('7') });
    expect(answer.code).toBe(404);
    expect(statusSchema.parse(answer.body).message).not.toMatch(/not found/i);
    const rows = await server.context.database.pool.execute(
      sql`SELECT claimed_version::int AS version FROM unknown_devices`,
    );
    expect([...rows]).toEqual([{ version: 7 }]);
  });
});

describe('patching a status', () => {
  test('changes the status that was sent before', async () => {
    await server.fleet.running('a');
    await put('a', { status: { ...runs('1'), summary: { status: 'Online' }, custom: { n: 1 } } });
    const answer = await patch('a', [
      { op: 'replace', path: '/status/summary/status', value: 'Error' },
      { op: 'remove', path: '/status/custom' },
    ]);
    expect(answer).toMatchObject({ code: 200, standing: { verdict: 'InSync', gate: 'Open' } });
    expectNoOrder(answer);
    expect(await storedStatus('a')).toEqual({ ...runs('1'), summary: { status: 'Error' } });
  });

  test('is a report of the version where it states one', async () => {
    await server.fleet.running('a');
    await server.fleet.declareRestore();
    await put('a', { status: { ...runs('1'), summary: { status: 'Online' } } });
    const answer = await patch('a', [{ op: 'replace', path: '/status/config/renderedVersion', value: '3' }]);
    expect(answer.standing).toMatchObject({ verdict: 'Ahead', gate: 'ConflictPaused' });
  });

  test('of something else says nothing of the position: an awaited device stays awaited', async () => {
    await server.fleet.running('a');
    await put('a', { status: { ...runs('1'), summary: { status: 'Online' } } });
    const restore = await server.fleet.declareRestore();
    const answer = await patch('a', [{ op: 'replace', path: '/status/summary/status', value: 'Error' }]);
    expect(answer).toMatchObject({ code: 200, standing: { gate: 'AwaitingReconnect', restore } });
    expect((await shown('a'))?.updated.status).toBe('Unknown');
    expectNoOrder(answer);
    expect(await keptCounts(server.context)).toMatchObject({ awaiting: 1, answered: 0 });
  });

  test.each([
    ['beyond the status', [{ op: 'replace', path: '/spec/os/image', value: 'x' }]],
    ['of what is not there', [{ op: 'remove', path: '/status/none' }]],
    ['whose test fails', [{ op: 'test', path: '/status/summary/status', value: 'Rebooting' }]],
    ['that leaves no status', [{ op: 'replace', path: '/status/summary', value: 7 }]],
    ['that claims no version', [{ op: 'add', path: '/status/config/renderedVersion', value: 'x' }]],
    ['that is no list', { op: 'remove' }],
  ])('%s is refused with 400 and changes nothing', async (_name, operations) => {
    await server.fleet.running('a');
    const status = { ...runs('1'), summary: { status: 'Online' } };
    await put('a', { status });
    expect((await patch('a', operations)).code).toBe(400);
    expect(await storedStatus('a')).toEqual(status);
    expect((await server.fleet.row('a')).state.conflict).toBeNull();
  });

  test('of an unknown device lists it, without forgetting what it claimed before', async () => {
    await put('lost', { status: runs('7') });
    expect((await patch('lost', [{ op: 'add', path: '/status/summary', value: {} }])).code).toBe(404);
    const rows = await server.context.database.pool.execute(
      sql`SELECT claimed_version::int AS version FROM unknown_devices`,
    );
    expect([...rows]).toEqual([{ version: 7 }]);
  });
});
