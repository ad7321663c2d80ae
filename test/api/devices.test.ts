import { describe, expect, test } from 'vitest';
import { deviceLastSeenSchema, deviceListSchema, deviceSchema } from '../../src/domain/resources/device.ts';
import { fleetSchema } from '../../src/domain/resources/fleet.ts';
import { statusSchema } from '../../src/domain/resources/status.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { acceptReports } from '../../src/usecases/accept-reports.ts';
import { declareRestore } from '../../src/usecases/declare-restore.ts';
import { renderPending } from '../../src/usecases/render-devices.ts';
import { rollOutPending } from '../../src/usecases/roll-out-fleet.ts';
import { type Answer } from '../support/api-client.ts';
import { deviceRequest, documentOf, fleetRequest, refusalOf } from '../support/documents.ts';
import { deviceRow, eventReasons, positionRow, restoreCounts } from '../support/table-rows.ts';
import { useApi } from '../support/use-fleet.ts';

let number = 0;
const fresh = (): string => `device-${(number += 1)}`;

const { here, api } = await useApi();

async function create(options: Parameters<typeof deviceRequest>[1] = {}): Promise<string> {
  const name = fresh();
  documentOf(await api.post('/devices', deviceRequest(name, options)), 201, deviceSchema);
  return name;
}

const codes = (answers: readonly Answer[]): number[] =>
  answers.map(({ code }) => code).toSorted((left, right) => left - right);
const report = (device: string, version: number) =>
  acceptReports(here.context, [{ device, position: { timeline: null, version, specHash: null } }]);

describe('creating a device', () => {
  test('answers the device and stores it with an open gate, an event and its place in the count', async () => {
    const before = await restoreCounts(here.context);
    const name = fresh();
    const answer = await api.post(
      '/devices',
      deviceRequest(name, { labels: { site: 'north' }, spec: { os: { image: 'a:1' } } }),
    );
    const device = documentOf(answer, 201, deviceSchema);
    expect(device).toMatchObject({
      metadata: { name, labels: { site: 'north' }, generation: 1, resourceVersion: '1' },
      spec: { os: { image: 'a:1' } },
      status: { summary: { status: 'Unknown' }, updated: { status: 'Unknown' }, lifecycle: { status: 'Unknown' } },
    });
    const restore = await here.restore();
    expect(device.metadata.annotations).not.toHaveProperty('device-controller/awaitingReconnect');
    expect(await positionRow(here.context, name)).toMatchObject({
      mustered: true,
      timeline: restore,
      version: '0',
      answered_restore_id: restore,
      wanted_generation: '1',
      rendered_generation: '0',
    });
    expect(await eventReasons(here.context, name)).toEqual(['ResourceCreated']);
    const { kept, counted } = await restoreCounts(here.context);
    expect(kept).toEqual(counted);
    expect(kept).toEqual({ ...before.kept, total: (before.kept as { total: number }).total + 1 });
  });

  test('is refused with 409 AlreadyExists for a name that is taken', async () => {
    const name = await create();
    const answer = await api.post('/devices', deviceRequest(name, { labels: { other: 'yes' } }));
    expect(documentOf(answer, 409, statusSchema)).toMatchObject({ reason: 'AlreadyExists' });
    expect(await eventReasons(here.context, name)).toEqual(['ResourceCreated']);
  });

  test('succeeds for exactly one of many that race for a name', async () => {
    const name = fresh();
    const answers = await Promise.all(Array.from({ length: 8 }, () => api.post('/devices', deviceRequest(name))));
    expect(codes(answers)).toEqual([201, 409, 409, 409, 409, 409, 409, 409]);
    const { kept, counted } = await restoreCounts(here.context);
    expect(kept).toEqual(counted);
  });

  test('ignores what only the service says: owner, generation, version, status and its annotations', async () => {
    const name = fresh();
    const request = deviceRequest(name);
    const metadata = {
      ...request.metadata,
      owner: 'Fleet/other',
      generation: 9,
      resourceVersion: '9',
      creationTimestamp: '2020-01-01T00:00:00Z',
      annotations: { 'device-controller/conflictPaused': 'true', note: 'mine' },
    };
    const device = documentOf(
      await api.post('/devices', { ...request, metadata, status: { summary: { status: 'Error' } } }),
      201,
      deviceSchema,
    );
    expect(device.metadata).toMatchObject({ generation: 1, resourceVersion: '1', annotations: { note: 'mine' } });
    expect(device.metadata.annotations).not.toHaveProperty('device-controller/conflictPaused');
    expect(device.metadata.owner).toBeUndefined();
    expect(device.metadata.creationTimestamp).not.toBe('2020-01-01T00:00:00Z');
    expect(device.status?.summary.status).toBe('Unknown');
  });

  test.each([
    ['without a name', { apiVersion: 'v1beta1', kind: 'Device', metadata: {} }, 'metadata.name'],
    ['with a name that is none', deviceRequest('Not a name'), 'metadata.name'],
    ['of another kind', { ...deviceRequest('x'), kind: 'Fleet' }, 'kind'],
    ['with a label that is none', deviceRequest('x', { labels: { 'a b': 'c' } }), 'metadata.labels'],
    ['with a spec of the wrong shape', deviceRequest('x', { spec: { os: { image: 7 } } }), 'spec.os.image'],
    [
      'that is to be decommissioned',
      deviceRequest('x', { spec: { decommissioning: { target: 'Unenroll' } } }),
      'decommissioning',
    ],
    ['with text that cannot be stored', deviceRequest('x', { spec: { note: 'a\0b' } }), 'spec.note'],
    ['with unknown keys beside the known', { ...deviceRequest('x'), extra: 1 }, 'extra'],
    ['that is a list', [], ''],
    ['that is null', null, ''],
  ])('is refused with 400 for a document %s', async (_, request, names) => {
    expect(refusalOf(await api.post('/devices', request), 400)).toContain(names);
    expect(await deviceRow(here.context, 'x')).toBeUndefined();
  });

  test('is refused with 400 for a body that is no JSON', async () => {
    refusalOf(await api.raw('POST', '/devices', '{"metadata":', 'application/json'), 400);
    refusalOf(await api.raw('POST', '/devices', '', 'application/json'), 400);
    refusalOf(await api.raw('POST', '/devices', '{"__proto__":{}}', 'application/json'), 400);
  });

  test('is refused with 400 for a document that is nested too deep', async () => {
    const deep = `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`;
    const body = `{"apiVersion":"v1beta1","kind":"Device","metadata":{"name":"x"},"spec":${deep}}`;
    refusalOf(await api.raw('POST', '/devices', body, 'application/json'), 400);
  });
});

describe('reading a device', () => {
  test('answers it, or 404, or 400 for what can be no name', async () => {
    const name = await create();
    expect(documentOf(await api.get(`/devices/${name}`), 200, deviceSchema).metadata.name).toBe(name);
    expect(refusalOf(await api.get('/devices/nobody'), 404)).toBe('there is no device nobody');
    refusalOf(await api.get('/devices/NoBody'), 400);
    refusalOf(await api.get('/devices/a%00b'), 400);
  });

  test('tells when it was last heard of: 204 until it was', async () => {
    const name = await create();
    expect((await api.get(`/devices/${name}/lastseen`)).code).toBe(204);
    await report(name, 0);
    const seen = documentOf(await api.get(`/devices/${name}/lastseen`), 200, deviceLastSeenSchema);
    expect(seen.lastSeen).toBe(here.clock.now().toISOString());
    refusalOf(await api.get('/devices/nobody/lastseen'), 404);
  });
});

describe('replacing a device', () => {
  test('creates it where there is none', async () => {
    const name = fresh();
    documentOf(await api.put(`/devices/${name}`, deviceRequest(name)), 201, deviceSchema);
    expect(await eventReasons(here.context, name)).toEqual(['ResourceCreated']);
  });

  test('takes the name from the path where the document has none, and refuses another one', async () => {
    const name = fresh();
    const unnamed = { apiVersion: 'v1beta1', kind: 'Device', metadata: {} };
    documentOf(await api.put(`/devices/${name}`, unnamed), 201, deviceSchema);
    expect(refusalOf(await api.put(`/devices/${name}`, deviceRequest('another')), 400)).toContain('metadata.name');
  });

  test('with the same document leaves no trace', async () => {
    const name = await create({ labels: { a: 'b' }, spec: { os: { image: 'a:1' } } });
    const shown = (await api.get(`/devices/${name}`)).body;
    const answer = await api.put(`/devices/${name}`, shown);
    expect(documentOf(answer, 200, deviceSchema).metadata).toMatchObject({ generation: 1, resourceVersion: '1' });
    expect(await positionRow(here.context, name)).toMatchObject({ wanted_generation: '1' });
    expect(await eventReasons(here.context, name)).toEqual(['ResourceCreated']);
  });

  test('bumps the generation for a spec, and asks for rendering for a spec or labels, but not for annotations', async () => {
    const name = await create();
    await api.put(`/devices/${name}`, deviceRequest(name, { spec: { os: { image: 'a:2' } } }));
    expect(await deviceRow(here.context, name)).toMatchObject({ generation: '2', resource_version: '2' });
    expect(await positionRow(here.context, name)).toMatchObject({ wanted_generation: '2' });

    await api.put(`/devices/${name}`, deviceRequest(name, { labels: { a: 'b' }, spec: { os: { image: 'a:2' } } }));
    expect(await deviceRow(here.context, name)).toMatchObject({ generation: '2', resource_version: '3' });
    expect(await positionRow(here.context, name)).toMatchObject({ wanted_generation: '3' });

    const request = deviceRequest(name, { labels: { a: 'b' }, spec: { os: { image: 'a:2' } } });
    await api.put(`/devices/${name}`, { ...request, metadata: { ...request.metadata, annotations: { note: 'x' } } });
    expect(await deviceRow(here.context, name)).toMatchObject({ generation: '2', resource_version: '4' });
    expect(await positionRow(here.context, name)).toMatchObject({ wanted_generation: '3' });
    expect(await eventReasons(here.context, name)).toEqual(['ResourceCreated', ...Array(3).fill('ResourceUpdated')]);
  });

  test('is refused with 409 from a version that is not the newest, and accepted from the newest', async () => {
    const name = await create();
    const at = (resourceVersion: string, image: string) => {
      const request = deviceRequest(name, { spec: { os: { image } } });
      return api.put(`/devices/${name}`, { ...request, metadata: { ...request.metadata, resourceVersion } });
    };
    documentOf(await at('1', 'a:1'), 200, deviceSchema);
    expect(documentOf(await at('1', 'a:2'), 409, statusSchema)).toMatchObject({ reason: 'Conflict' });
    documentOf(await at('2', 'a:2'), 200, deviceSchema);
  });

  test('loses none of many edits that race from the same version: one wins, the others are told', async () => {
    const name = await create();
    const edits = Array.from({ length: 6 }, (_, index) => {
      const request = deviceRequest(name, { labels: { edit: String(index) } });
      return api.put(`/devices/${name}`, { ...request, metadata: { ...request.metadata, resourceVersion: '1' } });
    });
    expect(codes(await Promise.all(edits))).toEqual([200, 409, 409, 409, 409, 409]);
    expect(await deviceRow(here.context, name)).toMatchObject({ resource_version: '2' });
  });

  test('is refused with 409 for the spec of a device that a fleet owns, which the message names', async () => {
    documentOf(await api.post('/fleets', fleetRequest('owners', { owned: 'yes' })), 201, fleetSchema);
    const name = await create({ labels: { owned: 'yes' } });
    expect(await deviceRow(here.context, name)).toMatchObject({ owner: 'Fleet/owners' });
    const other = deviceRequest(name, { labels: { owned: 'yes' }, spec: { os: { image: 'mine:1' } } });
    expect(refusalOf(await api.put(`/devices/${name}`, other), 409)).toContain('Fleet/owners');
    expect(await deviceRow(here.context, name)).toMatchObject({ resource_version: '1', spec: {} });
    const relabelled = deviceRequest(name, { labels: { owned: 'yes', rack: '7' } });
    documentOf(await api.put(`/devices/${name}`, relabelled), 200, deviceSchema);
  });

  test('never clears a conflict', async () => {
    const name = await create();
    await report(name, 41);
    expect(await positionRow(here.context, name)).toMatchObject({ conflict_verdict: 'Ahead' });
    await api.put(`/devices/${name}`, deviceRequest(name, { labels: { a: 'b' }, spec: { os: { image: 'a:9' } } }));
    await api.patch(`/devices/${name}`, [{ op: 'add', path: '/metadata/labels/c', value: 'd' }]);
    expect(await positionRow(here.context, name)).toMatchObject({ conflict_verdict: 'Ahead', reported_version: '41' });
    await renderPending(here.context, new AbortController().signal);
    expect(await positionRow(here.context, name)).toMatchObject({ version: '0' });
    expect(documentOf(await api.get(`/devices/${name}`), 200, deviceSchema).status?.summary.status).toBe(
      'ConflictPaused',
    );
  });
});

describe('patching a device', () => {
  const patch = (name: string, ...operations: object[]) => api.patch(`/devices/${name}`, operations);

  test('changes labels, annotations and spec', async () => {
    const name = await create({ labels: { a: 'b' } });
    const answer = await patch(
      name,
      { op: 'test', path: '/metadata/labels/a', value: 'b' },
      { op: 'replace', path: '/metadata/labels/a', value: 'c' },
      { op: 'add', path: '/metadata/annotations/note', value: 'x' },
      { op: 'add', path: '/spec/os', value: { image: 'a:1' } },
    );
    expect(documentOf(answer, 200, deviceSchema)).toMatchObject({
      metadata: { labels: { a: 'c' }, annotations: { note: 'x' }, generation: 2, resourceVersion: '2' },
      spec: { os: { image: 'a:1' } },
    });
    documentOf(
      await patch(
        name,
        { op: 'remove', path: '/metadata/labels' },
        { op: 'replace', path: '/spec', value: { config: [] } },
      ),
      200,
      deviceSchema,
    );
    expect(await deviceRow(here.context, name)).toMatchObject({ labels: {}, spec: { config: [] }, generation: '3' });
  });

  test.each([
    ['removes the spec', { op: 'remove', path: '/spec' }],
    ['removes all that is in the spec', { op: 'remove', path: '/spec/os' }],
    ['makes the spec empty', { op: 'replace', path: '/spec', value: {} }],
  ])('is refused with 400 if it %s: absence is no order', async (_, operation) => {
    const name = await create({ spec: { os: { image: 'a:1' } } });
    expect(refusalOf(await patch(name, operation), 400)).toContain('empty lists');
    expect(await deviceRow(here.context, name)).toMatchObject({ spec: { os: { image: 'a:1' } }, generation: '1' });
  });

  test.each([
    ['a test that fails', { op: 'test', path: '/metadata/labels/a', value: 'other' }],
    ['a path that leads nowhere', { op: 'replace', path: '/spec/none/at/all', value: 1 }],
    ['the removal of what is not there', { op: 'remove', path: '/metadata/labels/none' }],
    ['a path to a prototype', { op: 'add', path: '/metadata/labels/__proto__', value: {} }],
  ])('is refused with 400 and the number of the operation for %s', async (_, operation) => {
    const name = await create({ labels: { a: 'b' } });
    const first = { op: 'add', path: '/metadata/labels/c', value: 'd' };
    expect(refusalOf(await patch(name, first, operation), 400)).toContain('operation 1');
    expect(await deviceRow(here.context, name)).toMatchObject({ labels: { a: 'b' }, resource_version: '1' });
  });

  test.each([
    ['the name', { op: 'replace', path: '/metadata/name', value: 'other' }],
    ['the status', { op: 'replace', path: '/status/summary/status', value: 'Online' }],
    ['the owner', { op: 'add', path: '/metadata/owner', value: 'Fleet/other' }],
    ['the generation', { op: 'replace', path: '/metadata/generation', value: 5 }],
    ['the kind', { op: 'replace', path: '/kind', value: '' }],
    [
      'the annotations of the service',
      { op: 'add', path: '/metadata/annotations/device-controller~1conflictPaused', value: 'true' },
    ],
    ['the annotations of the service by removing all', { op: 'remove', path: '/metadata/annotations' }],
    ['all by removing it', { op: 'remove', path: '/metadata' }],
    ['the whole document', { op: 'replace', path: '', value: {} }],
  ])('is refused with 400 for a change of %s', async (_, operation) => {
    const name = await create();
    refusalOf(await patch(name, operation), 400);
    expect(await deviceRow(here.context, name)).toMatchObject({ resource_version: '1' });
  });

  test.each([
    ['a device that is none', [{ op: 'add', path: '/spec/os', value: { image: 5 } }]],
    ['a label that is none', [{ op: 'add', path: '/metadata/labels/x', value: 'not a label' }]],
    ['an operation that is none', [{ op: 'move', from: '/spec', path: '/other' }]],
    ['an addition of nothing', [{ op: 'add', path: '/spec/os' }]],
    ['a path that is no pointer', [{ op: 'add', path: 'spec', value: {} }]],
    ['what is no patch', { op: 'add', path: '/spec', value: {} }],
  ])('is refused with 400 for %s', async (_, operations) => {
    const name = await create();
    refusalOf(await api.patch(`/devices/${name}`, operations), 400);
    expect(await deviceRow(here.context, name)).toMatchObject({ resource_version: '1' });
  });

  test('answers 404 for a device that is not there', async () => {
    refusalOf(await patch('nobody', { op: 'add', path: '/metadata/labels/a', value: 'b' }), 404);
  });
});

describe('deleting a device', () => {
  test('answers a Status, and leaves nothing but its events', async () => {
    const name = await create();
    await report(name, 0);
    expect(documentOf(await api.delete(`/devices/${name}`), 200, statusSchema)).toMatchObject({ status: 'Success' });
    refusalOf(await api.get(`/devices/${name}`), 404);
    refusalOf(await api.delete(`/devices/${name}`), 404);
    expect(await positionRow(here.context, name)).toBeUndefined();
    expect(await eventReasons(here.context, name)).toEqual(['ResourceCreated', 'ResourceDeleted']);
  });
});

describe('decommissioning a device', () => {
  test('marks it, clears its labels, takes it out of musters and asks for a last rendering', async () => {
    const name = await create({ labels: { site: 'north' }, spec: { os: { image: 'a:1' } } });
    const answer = await api.put(`/devices/${name}/decommission`, { target: 'FactoryReset' });
    const device = documentOf(answer, 200, deviceSchema);
    expect(device).toMatchObject({
      metadata: { generation: 2, resourceVersion: '2', labels: {} },
      spec: { os: { image: 'a:1' }, decommissioning: { target: 'FactoryReset' } },
      status: { lifecycle: { status: 'Decommissioning' } },
    });
    expect(device.metadata.labels).toEqual({});
    expect(await positionRow(here.context, name)).toMatchObject({ mustered: false, wanted_generation: '2' });
    expect(await eventReasons(here.context, name)).toEqual(['ResourceCreated', 'DeviceDecommissioned']);
  });

  test('is refused with 409 the second time, with 400 for another target, with 404 for nobody', async () => {
    const name = await create();
    refusalOf(await api.put(`/devices/${name}/decommission`, { target: 'Nothing' }), 400);
    refusalOf(await api.put(`/devices/${name}/decommission`, {}), 400);
    documentOf(await api.put(`/devices/${name}/decommission`, { target: 'Unenroll' }), 200, deviceSchema);
    refusalOf(await api.put(`/devices/${name}/decommission`, { target: 'Unenroll' }), 409);
    refusalOf(await api.put('/devices/nobody/decommission', { target: 'Unenroll' }), 404);
    expect(await deviceRow(here.context, name)).toMatchObject({ generation: '2' });
  });

  test('ends all editing, though the same document may be sent again', async () => {
    const name = await create();
    await api.put(`/devices/${name}/decommission`, { target: 'Unenroll' });
    refusalOf(await api.put(`/devices/${name}`, deviceRequest(name, { labels: { a: 'b' } })), 409);
    refusalOf(await api.put(`/devices/${name}`, deviceRequest(name, { spec: { config: [] } })), 409);
    refusalOf(await api.patch(`/devices/${name}`, [{ op: 'remove', path: '/spec/decommissioning' }]), 409);
    documentOf(await api.put(`/devices/${name}`, (await api.get(`/devices/${name}`)).body), 200, deviceSchema);
  });
});

describe('a device that has the order to decommission', () => {
  const said = (reason: string, message = '') => ({
    lifecycle: { status: 'Enrolled' },
    conditions: [
      {
        type: 'DeviceDecommissioning',
        status: 'True',
        reason,
        message,
        lastTransitionTime: here.clock.now().toISOString(),
      },
    ],
  });
  const say = (device: string, status: JsonObject) => acceptReports(here.context, [{ device, position: null, status }]);
  const lifecycle = async (name: string) =>
    documentOf(await api.get(`/devices/${name}`), 200, deviceSchema).status?.lifecycle;
  const selected = async (name: string, status: string) => {
    const query = new URLSearchParams({ fieldSelector: `metadata.name=${name},status.lifecycle.status=${status}` });
    return documentOf(await api.get(`/devices?${query.toString()}`), 200, deviceListSchema).items.length;
  };

  test('is decommissioned once it says that it has carried it out, in one event', async () => {
    const name = await create();
    await say(name, said('Completed'));
    expect(await lifecycle(name)).toEqual({ status: 'Unknown' });
    await api.put(`/devices/${name}/decommission`, { target: 'Unenroll' });
    expect(await lifecycle(name)).toEqual({ status: 'Decommissioned' });

    const other = await create();
    await api.put(`/devices/${other}/decommission`, { target: 'Unenroll' });
    await say(other, said('Started'));
    expect(await lifecycle(other)).toEqual({ status: 'Decommissioning' });
    expect([await selected(other, 'Decommissioning'), await selected(other, 'Decommissioned')]).toEqual([1, 0]);
    await say(other, said('Completed'));
    await Promise.all([say(other, said('Completed')), say(other, said('Completed'))]);
    expect(await lifecycle(other)).toEqual({ status: 'Decommissioned' });
    expect([await selected(other, 'Decommissioning'), await selected(other, 'Decommissioned')]).toEqual([0, 1]);
    // What it says afterwards changes nothing: it no longer has what it would be a device of.
    await say(other, { summary: { status: 'Error' } });
    expect(await lifecycle(other)).toEqual({ status: 'Decommissioned' });
    for (const device of [name, other]) {
      expect(await eventReasons(here.context, device)).toEqual([
        'ResourceCreated',
        'DeviceDecommissioned',
        'DeviceDecommissionCompleted',
      ]);
    }
  });

  test('is decommissioned if it failed to carry it out too, and says why', async () => {
    const name = await create();
    await api.put(`/devices/${name}/decommission`, { target: 'Unenroll' });
    await say(name, said('Error', 'cannot wipe the disk'));
    expect(await lifecycle(name)).toEqual({
      status: 'Decommissioned',
      info: 'The device failed to decommission itself: cannot wipe the disk',
    });
    expect((await eventReasons(here.context, name)).at(-1)).toBe('DeviceDecommissionFailed');
  });

  test('belongs to no fleet any more, also not to one that selects devices without a label', async () => {
    const fleet = (name: string, selector: object) =>
      api.put(`/fleets/${name}`, {
        apiVersion: 'flightctl.io/v1beta1',
        kind: 'Fleet',
        metadata: { name },
        spec: { selector, template: { spec: { os: { image: 'fleet:1' } } } },
      });
    await fleet('leaving', { matchLabels: { leaving: 'yes' } });
    const name = await create({ labels: { leaving: 'yes' } });
    expect(await deviceRow(here.context, name)).toMatchObject({ owner: 'Fleet/leaving' });
    await api.put(`/devices/${name}/decommission`, { target: 'Unenroll' });
    await fleet('unlabelled', { matchExpressions: [{ key: 'leaving', operator: 'DoesNotExist' }] });
    await rollOutPending(here.context, new AbortController().signal);
    expect(await deviceRow(here.context, name)).toMatchObject({ owner: null, matching_fleets: null });
    expect((await eventReasons(here.context, name)).slice(-1)).toEqual(['DeviceDecommissioned']);
    for (const gone of ['leaving', 'unlabelled']) await api.delete(`/fleets/${gone}`);
  });
});

test('devices that are awaited or paused are written off exactly, and the last of them settles the restore', async () => {
  const names = [await create(), await create(), await create(), await create(), await create()] as const;
  const [awaited, paused, open, awaitedToo, pausedToo] = names;
  // Only these are left to wait for, so that the last of them can settle the restore.
  const others = documentOf(await api.get('/devices'), 200, deviceListSchema).items;
  for (const { metadata } of others) {
    if (!names.some((name) => name === metadata.name)) await api.delete(`/devices/${metadata.name}`);
  }
  const { restore } = await declareRestore(here.context, { by: { actor: 'user:test' } });
  expect(await restoreCounts(here.context)).toMatchObject({
    kept: { total: 5, awaiting: 5, paused: 0 },
    settled: false,
  });
  await report(paused, 50);
  await report(pausedToo, 50);
  await report(open, 0);

  await api.delete(`/devices/${awaited}`);
  expect(await restoreCounts(here.context)).toMatchObject({
    kept: { total: 4, awaiting: 1, paused: 2 },
    settled: false,
  });
  await api.put(`/devices/${paused}/decommission`, { target: 'Unenroll' });
  expect(await restoreCounts(here.context)).toMatchObject({
    kept: { total: 3, awaiting: 1, paused: 1 },
    settled: false,
  });
  await api.delete(`/devices/${paused}`);
  expect(await restoreCounts(here.context)).toMatchObject({
    kept: { total: 3, awaiting: 1, paused: 1 },
    settled: false,
  });
  await api.put(`/devices/${awaitedToo}/decommission`, { target: 'Unenroll' });
  expect(await restoreCounts(here.context)).toMatchObject({
    kept: { total: 2, awaiting: 0, paused: 1 },
    settled: false,
  });
  expect(await eventReasons(here.context, restore.id)).toEqual(['SystemRestored']);
  await api.delete(`/devices/${pausedToo}`);
  const { kept, counted, settled } = await restoreCounts(here.context);
  expect(kept).toEqual({ total: 1, awaiting: 0, paused: 0 });
  expect(counted).toEqual(kept);
  expect(settled).toBe(true);
  expect(await eventReasons(here.context, restore.id)).toEqual(['SystemRestored', 'RestoreSettled']);
});
