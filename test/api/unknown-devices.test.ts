import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { deviceSchema } from '../../src/domain/resources/device.ts';
import { statusSchema } from '../../src/domain/resources/status.ts';
import { unknownDeviceListSchema, type UnknownDevice } from '../../src/domain/resources/unknown-device.ts';
import { acceptReports } from '../../src/usecases/accept-reports.ts';
import { declareRestore } from '../../src/usecases/declare-restore.ts';
import { renderPending } from '../../src/usecases/render-devices.ts';
import { createApiClient } from '../support/api-client.ts';
import { deviceRequest, documentOf, fleetRequest, refusalOf } from '../support/documents.ts';
import { enrollmentRequest, eventsNamed } from '../support/enrollment.ts';
import { deviceRow, positionRow, restoreCounts } from '../support/table-rows.ts';
import { createTestContext } from '../support/test-context.ts';
import { useApi } from '../support/use-fleet.ts';

let number = 0;
const fresh = (): string => `stray-${(number += 1)}`;
const actor = 'user:anonymous';
const lostTimeline = '0199a000-0000-7000-8000-000000000001';
const hash = 'a'.repeat(64);

const { here, api } = await useApi();

beforeAll(async () => {
  await declare();
});

const declare = () => declareRestore(here.context, { by: { actor: 'user:test' } });
async function report(device: string, version: number, timeline: string | null = null) {
  const position = { timeline, version, specHash: timeline === null ? null : hash };
  return (await acceptReports(here.context, [{ device, position }])).outcomes[0];
}
async function stray(version = 7): Promise<string> {
  const name = fresh();
  expect(await report(name, version)).toMatchObject({ kind: 'unknown' });
  return name;
}
async function list(restore = 'current', query = ''): Promise<UnknownDevice[]> {
  return documentOf(await api.get(`/restores/${restore}/unknown-devices${query}`), 200, unknownDeviceListSchema).items;
}
const listed = async (name: string, restore = 'current') => (await list(restore)).find((item) => item.name === name);
const enroll = (name: string, body?: object, restore = 'current') =>
  api.post(`/restores/${restore}/unknown-devices/${name}/enroll`, body);
const summaryOf = async (name: string) =>
  documentOf(await api.get(`/devices/${name}`), 200, deviceSchema).status?.summary.status;

async function expectCountsKept(): Promise<void> {
  const { kept, counted } = await restoreCounts(here.context);
  expect(kept).toEqual(counted);
}

describe('the list of unknown devices', () => {
  test('has the position that each claims, and since when', async () => {
    const name = fresh();
    await report(name, 7, lostTimeline);
    const firstSeen = here.clock.now().toISOString();
    here.clock.advance(5_000);
    await report(name, 8, lostTimeline);
    expect(await listed(name)).toEqual({
      name,
      firstSeen,
      lastSeen: here.clock.now().toISOString(),
      reported: { timeline: lostTimeline, renderedVersion: '8', specHash: hash },
    });
  });

  test('keeps the highest position, whatever comes after it: less, nothing, or the same said with less', async () => {
    const name = fresh();
    await report(name, 7, lostTimeline);
    await report(name, 3);
    await acceptReports(here.context, [{ device: name, position: null }]);
    await report(name, 7);
    const claim = { timeline: lostTimeline, renderedVersion: '7', specHash: hash };
    expect((await listed(name))?.reported).toEqual(claim);

    const another = fresh();
    const positions = [7, 9, 2].map((version) => ({ timeline: null, version, specHash: null }));
    await acceptReports(
      here.context,
      positions.map((position) => ({ device: another, position })),
    );
    expect((await listed(another))?.reported.renderedVersion).toBe('9');
  });

  test('comes page by page in the order of names, and belongs to the restore in which they last spoke', async () => {
    const old = await stray();
    const before = await here.restore();
    await declare();
    const names = [await stray(), await stray(), await stray()].toSorted();
    expect((await list()).map(({ name }) => name)).toEqual(names);
    const first = documentOf(await api.get('/restores/current/unknown-devices?limit=2'), 200, unknownDeviceListSchema);
    const rest = await list('current', `?limit=2&continue=${first.metadata.continue ?? ''}`);
    expect([...first.items, ...rest].map(({ name }) => name)).toEqual(names);
    expect(await listed(old, before)).toBeDefined();
    await report(old, 7);
    expect(await listed(old, before)).toBeUndefined();
    expect(await listed(old)).toBeDefined();
  });

  // Fails if a device is entered with its gate open: version 1 here would pass for the other version 1 that its machine runs.
  test('a device that is entered by name while its machine runs a version has to answer, and is paused', async () => {
    const name = fresh();
    documentOf(await api.post('/devices', deviceRequest(name)), 201, deviceSchema);
    expect((await api.delete(`/devices/${name}`)).code).toBe(200);
    await report(name, 1, await here.restore());
    documentOf(await api.put(`/devices/${name}`, deviceRequest(name)), 201, deviceSchema);
    expect(await summaryOf(name)).toBe('AwaitingReconnect');
    expect(await report(name, 1, await here.restore())).toMatchObject({ verdict: 'Ahead', gate: 'ConflictPaused' });
    await expectCountsKept();
  });

  test('leaves out what has become a device', async () => {
    const name = await stray();
    documentOf(await api.post('/devices', deviceRequest(name)), 201, deviceSchema);
    expect(await listed(name)).toBeUndefined();
  });

  test('loses a device whose enrollment is approved', async () => {
    const name = await stray();
    await api.post('/enrollmentrequests', enrollmentRequest(name, { knownRenderedVersion: '7' }));
    expect(await listed(name)).toBeDefined();
    expect((await api.put(`/enrollmentrequests/${name}/approval`, { approved: true })).code).toBe(200);
    documentOf(await api.delete(`/devices/${name}`), 200, statusSchema);
    expect(await listed(name)).toBeUndefined();
  });
});

describe('enrolling an unknown device', () => {
  test('creates it AwaitingReconnect in one call, takes it off the list, counts it and says who did it', async () => {
    const name = await stray();
    const before = await restoreCounts(here.context);
    const device = documentOf(await enroll(name, { labels: { site: 'north' } }), 201, deviceSchema);
    expect(device).toMatchObject({
      metadata: {
        name,
        labels: { site: 'north' },
        annotations: { 'device-controller/awaitingReconnect': 'true', 'muster/restore': await here.restore() },
      },
      status: {
        summary: { status: 'AwaitingReconnect' },
        updated: { status: 'Unknown' },
        lifecycle: { status: 'Enrolled' },
      },
    });
    expect(documentOf(await api.get(`/devices/${name}`), 200, deviceSchema)).toEqual(device);
    expect(await listed(name)).toBeUndefined();
    const { kept } = await restoreCounts(here.context);
    expect(kept).toEqual({ ...before.kept, total: before.kept.total + 1, awaiting: before.kept.awaiting + 1 });
    await expectCountsKept();
    expect(await eventsNamed(here.context, name)).toMatchObject([
      {
        kind: 'Device',
        reason: 'ResourceCreated',
        actor,
        details: { detailType: 'MusterEnrollment', device: { version: 7 } },
      },
    ]);
  });

  test.each([{ body: undefined }, { body: {} }])(
    'needs no body ($body), and the fleet that selects it gets it',
    async ({ body }) => {
      const name = await stray();
      documentOf(await enroll(name, body), 201, deviceSchema);
      expect(await deviceRow(here.context, name)).toMatchObject({ owner: null });
      await api.post('/fleets', fleetRequest(`fleet-${name}`, { of: name }));
      const another = await stray();
      documentOf(await enroll(another, { labels: { of: name } }), 201, deviceSchema);
      expect(await deviceRow(here.context, another)).toMatchObject({ owner: `Fleet/fleet-${name}` });
    },
  );

  test('renders nothing for it until it has answered, and pauses it where it is ahead', async () => {
    const name = await stray(7);
    documentOf(await enroll(name), 201, deviceSchema);
    await renderPending(here.context, new AbortController().signal);
    expect(await positionRow(here.context, name)).toMatchObject({ version: '0', rendered_generation: '0' });
    expect(await report(name, 7)).toMatchObject({ verdict: 'Ahead', gate: 'ConflictPaused', justJudged: true });
    expect(await summaryOf(name)).toBe('ConflictPaused');
    await renderPending(here.context, new AbortController().signal);
    expect(await positionRow(here.context, name)).toMatchObject({ version: '0' });

    const resumed = await api.post('/deviceactions/resume', { fieldSelector: `metadata.name=${name}` });
    expect(resumed.body).toMatchObject({ resumedDevices: 1 });
    await renderPending(here.context, new AbortController().signal);
    // Where it is counts as known now; nobody wrote a spec for it, so nothing is rendered.
    expect(await positionRow(here.context, name)).toMatchObject({ version: '7', spec_hash: null });
    expect((await eventsNamed(here.context, name)).map(({ reason }) => reason)).toEqual([
      'ResourceCreated',
      'DeviceConflictPaused',
      'DeviceConflictResolved',
    ]);
    await expectCountsKept();
  });

  test('judges the timeline that it comes with, and opens for one that has nothing', async () => {
    const lost = await stray();
    documentOf(await enroll(lost), 201, deviceSchema);
    expect(await report(lost, 7, lostTimeline)).toMatchObject({ verdict: 'Diverged', gate: 'ConflictPaused' });
    const wiped = await stray();
    documentOf(await enroll(wiped), 201, deviceSchema);
    expect(await report(wiped, 0)).toMatchObject({ verdict: 'Behind', gate: 'Open' });
    await expectCountsKept();
  });

  test('answers 409 the second time and for a device that exists by now, and changes nothing', async () => {
    const name = await stray();
    documentOf(await enroll(name), 201, deviceSchema);
    const before = await restoreCounts(here.context);
    expect(refusalOf(await enroll(name, { labels: { a: 'b' } }), 409)).toContain(`device ${name} already exists`);
    const made = await stray();
    documentOf(await api.post('/devices', deviceRequest(made)), 201, deviceSchema);
    refusalOf(await enroll(made), 409);
    const { total, awaiting } = before.kept;
    expect((await restoreCounts(here.context)).kept).toEqual({
      ...before.kept,
      total: total + 1,
      awaiting: awaiting + 1,
    });
    expect(await deviceRow(here.context, name)).toMatchObject({ resource_version: '1' });
    expect(await eventsNamed(here.context, name)).toHaveLength(1);
  });

  test('answers 404 for one that never spoke, or spoke in another restore', async () => {
    refusalOf(await enroll(fresh()), 404);
    const name = await stray();
    const before = await here.restore();
    await declare();
    expect(refusalOf(await enroll(name), 404)).toContain(name);
    refusalOf(await enroll(name, {}, '0199a000-0000-7000-8000-00000000ffff'), 404);
    expect(await eventsNamed(here.context, name)).toEqual([]);

    documentOf(await enroll(name, {}, before), 201, deviceSchema);
    expect(await summaryOf(name)).toBe('AwaitingReconnect');
    await expectCountsKept();
  });

  test('answers 400 for labels, names and bodies that are none', async () => {
    const name = await stray();
    refusalOf(await enroll(name, { labels: { 'not a key!': 'x' } }), 400);
    refusalOf(await enroll(name, { labels: { site: 'no label!' } }), 400);
    refusalOf(await enroll(name, { spec: {} }), 400);
    refusalOf(await enroll('Not_A_Name', {}), 400);
    refusalOf(await enroll(name, {}, 'latest'), 400);
    expect(await listed(name)).toBeDefined();
  });

  test('happens once, however many do it at the same time, and settles only when the device has answered', async () => {
    const own = await createTestContext();
    onTestFinished(() => own.close());
    const ownApi = await createApiClient(own.context);
    onTestFinished(() => ownApi.close());
    await declareRestore(own.context, { by: { actor: 'user:test' } });
    const position = { timeline: null, version: 7, specHash: null };
    await acceptReports(
      own.context,
      ['a', 'b'].map((device) => ({ device, position })),
    );
    const path = '/restores/current/unknown-devices/a/enroll';
    const answers = await Promise.all(Array.from({ length: 6 }, () => ownApi.post(path, {})));
    expect(answers.map(({ code }) => code).toSorted((a, b) => a - b)).toEqual([201, 409, 409, 409, 409, 409]);
    expect(await restoreCounts(own.context)).toMatchObject({
      kept: { total: 1, awaiting: 1, paused: 0 },
      counted: { total: 1, awaiting: 1, paused: 0 },
    });
    await acceptReports(own.context, [{ device: 'a', position }]);
    expect(await restoreCounts(own.context)).toMatchObject({ kept: { total: 1, awaiting: 0, paused: 1 } });
    expect(documentOf(await ownApi.delete('/devices/a'), 200, statusSchema).code).toBe(200);
  });

  test('keeps the counters whole while devices report, are enrolled and a restore is declared', async () => {
    const names = await Promise.all(Array.from({ length: 12 }, () => stray()));
    const position = { timeline: null, version: 7, specHash: null };
    const restore = await here.restore();
    await Promise.all([
      ...names.map((name) => enroll(name, {}, restore)),
      ...names.map((device) => acceptReports(here.context, [{ device, position }])),
      declare(),
      ...names.map((device) => acceptReports(here.context, [{ device, position }])),
    ]);
    await expectCountsKept();
    for (const name of names) {
      const gate = (await api.get(`/devices/${name}`)).code === 404 ? undefined : await summaryOf(name);
      expect([undefined, 'AwaitingReconnect', 'ConflictPaused']).toContain(gate);
    }
  });
});
