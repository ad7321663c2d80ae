import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { noCertificate } from '../../src/domain/enrollment/enrollment-approval.ts';
import { deviceSchema, type Device } from '../../src/domain/resources/device.ts';
import {
  enrollmentRequestApprovalStatusSchema,
  enrollmentRequestListSchema,
  enrollmentRequestSchema,
  type EnrollmentRequest,
  type EnrollmentRequestApprovalStatus,
} from '../../src/domain/resources/enrollment-request.ts';
import { statusSchema } from '../../src/domain/resources/status.ts';
import { acceptReports } from '../../src/usecases/accept-reports.ts';
import { declareRestore } from '../../src/usecases/declare-restore.ts';
import { readRestore } from '../../src/usecases/read-restores.ts';
import { renderPending } from '../../src/usecases/render-devices.ts';
import { createApiClient, type ApiClient } from '../support/api-client.ts';
import { deviceRequest, documentOf, fleetRequest, refusalOf } from '../support/documents.ts';
import { enrollmentRequest, eventsNamed } from '../support/enrollment.ts';
import { deviceRow, positionRow, restoreCounts } from '../support/table-rows.ts';
import { createTestContext, type TestContext } from '../support/test-context.ts';
import { useApi } from '../support/use-fleet.ts';

let number = 0;
const fresh = (): string => `er-${(number += 1)}`;
const actor = 'user:anonymous';

const { here, api } = await useApi();

const post = (name: string, said: Parameters<typeof enrollmentRequest>[1] = {}) =>
  api.post('/enrollmentrequests', enrollmentRequest(name, said));
async function create(said: Parameters<typeof enrollmentRequest>[1] = {}): Promise<string> {
  const name = fresh();
  documentOf(await post(name, said), 201, enrollmentRequestSchema);
  return name;
}
const get = async (name: string): Promise<EnrollmentRequest> =>
  documentOf(await api.get(`/enrollmentrequests/${name}`), 200, enrollmentRequestSchema);
const getDevice = async (name: string): Promise<Device> =>
  documentOf(await api.get(`/devices/${name}`), 200, deviceSchema);
const answer = (name: string, approval: object) => api.put(`/enrollmentrequests/${name}/approval`, approval);
const approve = async (name: string, approval: object = {}): Promise<EnrollmentRequestApprovalStatus> =>
  documentOf(await answer(name, { approved: true, ...approval }), 200, enrollmentRequestApprovalStatusSchema);
/** Gives a device a spec: without one nothing is ever rendered for it. */
const writeSpec = async (name: string) =>
  documentOf(
    await api.patch(`/devices/${name}`, [{ op: 'add', path: '/spec/os', value: { image: 'quay.io/acme/os:1' } }]),
    200,
    deviceSchema,
  );
const declare = () => declareRestore(here.context, { by: { actor: 'user:test' } });
async function report(device: string, version: number) {
  const reports = [{ device, position: { timeline: null, version, specHash: null } }];
  return (await acceptReports(here.context, reports)).outcomes[0];
}
const render = () => renderPending(here.context, new AbortController().signal);
const reasons = async (name: string): Promise<string[]> =>
  (await eventsNamed(here.context, name)).map(({ kind, reason }) => `${kind} ${reason}`);

async function expectCountsKept(): Promise<void> {
  const { kept, counted } = await restoreCounts(here.context);
  expect(kept).toEqual(counted);
}

describe('creating', () => {
  test('answers 201 with the request, pending, and is written down with who did it', async () => {
    const name = await create({ labels: { site: 'north' }, metadata: { labels: { batch: 'a' } }, osMode: 'image' });
    const request = await get(name);
    expect(request).toMatchObject({
      apiVersion: 'flightctl.io/v1beta1',
      kind: 'EnrollmentRequest',
      metadata: { name, labels: { batch: 'a' }, annotations: {}, resourceVersion: '1' },
      spec: { labels: { site: 'north' }, osMode: 'image' },
      status: { conditions: [] },
    });
    expect(request.status).not.toHaveProperty('certificate');
    expect(await eventsNamed(here.context, name)).toMatchObject([
      { kind: 'EnrollmentRequest', reason: 'ResourceCreated', actor },
    ]);
    refusalOf(await api.get(`/devices/${name}`), 404);
  });

  test('answers 409 where there is one of that name, the same or another, and leaves it as it is', async () => {
    const name = await create({ knownRenderedVersion: '7' });
    expect(refusalOf(await post(name, { knownRenderedVersion: '7' }), 409)).toContain(name);
    refusalOf(await post(name, { knownRenderedVersion: '0' }), 409);
    expect((await get(name)).spec.knownRenderedVersion).toBe('7');
    expect(await reasons(name)).toEqual(['EnrollmentRequest ResourceCreated']);
  });

  test.each(['-1', '1.5', '7a', ' 7', '0x7', '1e3', '9223372036854775808', '9007199254740992', 'seven'])(
    'answers 400 for the known version %j and stores nothing',
    async (knownRenderedVersion) => {
      const name = fresh();
      expect(refusalOf(await post(name, { knownRenderedVersion }), 400)).toContain('knownRenderedVersion');
      refusalOf(await api.put(`/enrollmentrequests/${name}`, enrollmentRequest(name, { knownRenderedVersion })), 400);
      refusalOf(await api.get(`/enrollmentrequests/${name}`), 404);
      expect(await reasons(name)).toEqual([]);
    },
  );

  test('answers 400 for what is no enrollment request', async () => {
    const { metadata: _metadata, ...rest } = enrollmentRequest(fresh());
    expect(refusalOf(await api.post('/enrollmentrequests', { ...rest, metadata: {} }), 400)).toContain('metadata.name');
    const name = fresh();
    refusalOf(await api.post('/enrollmentrequests', { ...enrollmentRequest(name), spec: {} }), 400);
    refusalOf(await api.post('/enrollmentrequests', { ...enrollmentRequest(name), kind: 'Device' }), 400);
    refusalOf(await post(name, { csr: 'a\u0000b' }), 400);
    refusalOf(await post('Not A Name'), 400);
    refusalOf(await api.get(`/enrollmentrequests/${name}`), 404);
  });

  test('takes labels that are null, as an agent without any sends them', async () => {
    const name = await create({ labels: null });
    expect(await approve(name)).toMatchObject({ labels: {} });
  });

  test('does not let a client set the annotations by which the service speaks', async () => {
    const name = await create({
      metadata: { annotations: { 'device-controller/awaitingReconnect': 'true', mine: '1' } },
    });
    expect((await get(name)).metadata.annotations).toEqual({ mine: '1' });
  });
});

describe('listing', () => {
  let own: TestContext;
  let ownApi: ApiClient;
  const list = async (query: Record<string, string> = {}) =>
    documentOf(
      await ownApi.get(`/enrollmentrequests?${new URLSearchParams(query).toString()}`),
      200,
      enrollmentRequestListSchema,
    );
  const names = ({ items }: { items: EnrollmentRequest[] }) => items.map(({ metadata }) => metadata.name);

  beforeAll(async () => {
    own = await createTestContext();
    ownApi = await createApiClient(own.context);
    for (const name of ['c', 'a', 'd', 'b']) {
      const metadata = { labels: { site: name < 'c' ? 'north' : 'south' } };
      await ownApi.post('/enrollmentrequests', enrollmentRequest(name, { metadata }));
    }
    await ownApi.put('/enrollmentrequests/a/approval', { approved: true });
    await ownApi.put('/enrollmentrequests/c/approval', { approved: false });
  });

  afterAll(async () => {
    await ownApi.close();
    await own.close();
  });

  test('goes through all of them in the order of their names, page by page', async () => {
    const first = await list({ limit: '3' });
    expect(names(first)).toEqual(['a', 'b', 'c']);
    expect(first.metadata.remainingItemCount).toBe(1);
    const second = await list({ limit: '3', continue: first.metadata.continue ?? '' });
    expect(names(second)).toEqual(['d']);
    expect(second.metadata).toEqual({});
  });

  test('selects by label, and by whether they were approved', async () => {
    expect(names(await list({ labelSelector: 'site=north' }))).toEqual(['a', 'b']);
    expect(names(await list({ fieldSelector: 'status.approval.approved=true' }))).toEqual(['a']);
    expect(names(await list({ fieldSelector: 'status.approval.approved=false' }))).toEqual(['c']);
    expect(names(await list({ fieldSelector: 'status.approval.approved!=true' }))).toEqual(['b', 'c', 'd']);
    expect(names(await list({ fieldSelector: '!status.approval.approved' }))).toEqual(['b', 'd']);
    expect(names(await list({ fieldSelector: 'status.approval.approved=(true)' }))).toEqual(['a']);
    expect(names(await list({ fieldSelector: 'status.certificate' }))).toEqual([]);
    expect(names(await list({ fieldSelector: 'metadata.owner' }))).toEqual([]);
    expect(names(await list({ fieldSelector: 'metadata.name in (a, d)', labelSelector: 'site=south' }))).toEqual(['d']);
  });

  test('answers 400 for a selector, a limit or a token that is none', async () => {
    for (const query of [
      'labelSelector=%3D%3D',
      'fieldSelector=spec.csr%3D1',
      'limit=1001',
      'limit=-1',
      'continue=x',
    ]) {
      refusalOf(await ownApi.get(`/enrollmentrequests?${query}`), 400);
    }
  });
});

describe('replacing and patching', () => {
  test('creates what is not there and replaces what is pending, with one event each', async () => {
    const name = fresh();
    const put = (said: Parameters<typeof enrollmentRequest>[1]) =>
      api.put(`/enrollmentrequests/${name}`, enrollmentRequest(name, said));
    documentOf(await put({ labels: { site: 'north' } }), 201, enrollmentRequestSchema);
    const replaced = documentOf(
      await put({ labels: { site: 'south' }, metadata: { resourceVersion: '1', labels: { batch: 'a' } } }),
      200,
      enrollmentRequestSchema,
    );
    expect(replaced).toMatchObject({
      metadata: { resourceVersion: '2', labels: { batch: 'a' } },
      spec: { labels: { site: 'south' } },
    });
    expect(await get(name)).toEqual(replaced);
    documentOf(
      await put({ labels: { site: 'south' }, metadata: { labels: { batch: 'a' } } }),
      200,
      enrollmentRequestSchema,
    );
    refusalOf(await put({ labels: { site: 'west' }, metadata: { resourceVersion: '1' } }), 409);
    refusalOf(await put({ knownRenderedVersion: 'x' }), 400);
    refusalOf(await put({ metadata: { name: 'another' } }), 400);
    expect(await get(name)).toEqual(replaced);
    expect(await eventsNamed(here.context, name)).toMatchObject([
      { reason: 'ResourceCreated', actor },
      { reason: 'ResourceUpdated', actor, details: { updatedFields: ['labels', 'spec'] } },
    ]);
  });

  test('patches labels, annotations and spec, and nothing else', async () => {
    const name = await create({ labels: { site: 'north' } });
    const patch = (...operations: object[]) => api.patch(`/enrollmentrequests/${name}`, operations);
    const patched = await patch(
      { op: 'test', path: '/spec/labels/site', value: 'north' },
      { op: 'replace', path: '/spec/labels/site', value: 'south' },
      { op: 'add', path: '/metadata/labels/batch', value: 'b' },
    );
    expect(documentOf(patched, 200, enrollmentRequestSchema)).toMatchObject({
      metadata: { labels: { batch: 'b' }, resourceVersion: '2' },
      spec: { labels: { site: 'south' } },
    });
    for (const operation of [
      { op: 'replace', path: '/metadata/name', value: 'x' },
      {
        op: 'add',
        path: '/status/approval',
        value: { approved: true, approvedBy: 'me', approvedAt: '2026-01-01T00:00:00Z' },
      },
      { op: 'add', path: '/status/certificate', value: 'x' },
      { op: 'add', path: '/spec/knownRenderedVersion', value: '1.5' },
      { op: 'add', path: '/metadata/annotations/device-controller~1awaitingReconnect', value: 'true' },
      { op: 'remove', path: '/spec/csr' },
      { op: 'test', path: '/spec/labels/site', value: 'north' },
    ]) {
      refusalOf(await patch(operation), 400);
    }
    refusalOf(await api.patch(`/enrollmentrequests/${fresh()}`, []), 404);
    expect(await reasons(name)).toEqual(['EnrollmentRequest ResourceCreated', 'EnrollmentRequest ResourceUpdated']);
  });

  test.each([true, false])('answers 409 once a person has answered (approved: %s)', async (approved) => {
    const name = await create();
    documentOf(await answer(name, { approved }), 200, enrollmentRequestApprovalStatusSchema);
    const before = await get(name);
    refusalOf(
      await api.put(`/enrollmentrequests/${name}`, enrollmentRequest(name, { knownRenderedVersion: '3' })),
      409,
    );
    refusalOf(await api.patch(`/enrollmentrequests/${name}`, [{ op: 'add', path: '/spec/csr', value: 'x' }]), 409);
    documentOf(await api.put(`/enrollmentrequests/${name}`, before), 200, enrollmentRequestSchema);
    expect(await get(name)).toEqual(before);
  });
});

describe('deleting', () => {
  test('removes a pending or denied request, so that its device may ask anew', async () => {
    const name = await create();
    expect(documentOf(await api.delete(`/enrollmentrequests/${name}`), 200, statusSchema).status).toBe('Success');
    refusalOf(await api.get(`/enrollmentrequests/${name}`), 404);
    refusalOf(await api.delete(`/enrollmentrequests/${name}`), 404);
    documentOf(await post(name), 201, enrollmentRequestSchema);
    documentOf(await answer(name, { approved: false }), 200, enrollmentRequestApprovalStatusSchema);
    documentOf(await api.delete(`/enrollmentrequests/${name}`), 200, statusSchema);
    expect(await reasons(name)).toEqual(
      ['ResourceCreated', 'ResourceDeleted', 'ResourceCreated', 'EnrollmentRequestDenied', 'ResourceDeleted'].map(
        (reason) => `EnrollmentRequest ${reason}`,
      ),
    );
  });

  test('answers 409 while there is the device that came of it; that takes its request along', async () => {
    const name = await create();
    await approve(name);
    expect(refusalOf(await api.delete(`/enrollmentrequests/${name}`), 409)).toContain(`device ${name}`);
    documentOf(await api.delete(`/devices/${name}`), 200, statusSchema);
    refusalOf(await api.get(`/enrollmentrequests/${name}`), 404);
    documentOf(await post(name, { knownRenderedVersion: '1' }), 201, enrollmentRequestSchema);
    expect((await reasons(name)).slice(-3)).toEqual([
      'Device ResourceDeleted',
      'EnrollmentRequest ResourceDeleted',
      'EnrollmentRequest ResourceCreated',
    ]);
  });

  test('of a device leaves a request alone that is still pending', async () => {
    const name = await create();
    documentOf(await api.post('/devices', deviceRequest(name)), 201, deviceSchema);
    documentOf(await api.delete(`/devices/${name}`), 200, statusSchema);
    expect((await get(name)).status?.conditions).toEqual([]);
  });
});

describe('approving', () => {
  test('creates the device, with one event for the request and one for the device', async () => {
    const name = await create({ labels: { site: 'north' } });
    const before = await restoreCounts(here.context);
    const approval = await approve(name);
    expect(approval).toEqual({
      approved: true,
      labels: { site: 'north' },
      approvedBy: actor,
      approvedAt: here.clock.now().toISOString(),
    });
    expect((await get(name)).status).toEqual({
      conditions: [
        {
          type: 'Approved',
          status: 'True',
          reason: 'ManuallyApproved',
          message: `Approved by ${actor}. ${noCertificate}`,
          lastTransitionTime: here.clock.now().toISOString(),
        },
      ],
      approval,
    });
    const device = await getDevice(name);
    expect(device.metadata).toMatchObject({ name, labels: { site: 'north' } });
    expect(device.status?.lifecycle.status).toBe('Enrolled');
    expect(await eventsNamed(here.context, name)).toMatchObject([
      { kind: 'EnrollmentRequest', reason: 'ResourceCreated' },
      { kind: 'EnrollmentRequest', reason: 'EnrollmentRequestApproved', actor, details: { awaited: false } },
      { kind: 'Device', reason: 'ResourceCreated', actor },
    ]);
    expect((await restoreCounts(here.context)).kept).toEqual({ ...before.kept, total: before.kept.total + 1 });
    await expectCountsKept();
  });

  test('gives the fleet that selects the labels of the device', async () => {
    await api.post('/fleets', fleetRequest('enrolled-here', { ring: 'canary' }));
    const name = await create({ labels: { ring: 'canary' } });
    await approve(name);
    expect(await deviceRow(here.context, name)).toMatchObject({ owner: 'Fleet/enrolled-here' });
    expect(await render()).toBeGreaterThan(0);
    expect(await positionRow(here.context, name)).toMatchObject({ version: '1', rendered_generation: '1' });
  });

  test.each([
    {
      name: 'merges',
      approval: { labels: { site: 'south', tier: 'gold' } },
      gives: { site: 'south', tier: 'gold', rack: '1' },
    },
    {
      name: 'merges when it says so',
      approval: { labels: { tier: 'gold' }, replaceLabels: false },
      gives: { site: 'north', tier: 'gold', rack: '1' },
    },
    { name: 'replaces', approval: { labels: { tier: 'gold' }, replaceLabels: true }, gives: { tier: 'gold' } },
    { name: 'replaces by none', approval: { replaceLabels: true }, gives: {} },
  ])('$name the labels', async ({ approval, gives }) => {
    const name = await create({ labels: { site: 'north', rack: '1' } });
    expect((await approve(name, approval)).labels).toEqual(gives);
    expect((await getDevice(name)).metadata.labels).toEqual(gives);
  });

  test('answers 400 for suggested labels that cannot be labels, until a person corrects them', async () => {
    const name = await create({ labels: { hostname: 'my host!' } });
    expect(refusalOf(await answer(name, { approved: true }), 400)).toContain('hostname');
    refusalOf(await answer(name, { approved: true, labels: { 'bad key!': 'x' } }), 400);
    refusalOf(await api.get(`/devices/${name}`), 404);
    expect((await get(name)).status?.conditions).toEqual([]);
    expect(await reasons(name)).toEqual(['EnrollmentRequest ResourceCreated']);
    expect((await approve(name, { labels: { hostname: 'my-host' } })).labels).toEqual({ hostname: 'my-host' });
  });

  test('answers 400 the second time and 404 for a request that is not there, and changes nothing', async () => {
    const name = await create();
    await approve(name);
    const before = await get(name);
    here.clock.advance(1_000);
    expect(refusalOf(await answer(name, { approved: true, labels: { a: 'b' } }), 400)).toContain(
      `approved by ${actor}`,
    );
    expect(refusalOf(await answer(name, { approved: false }), 400)).toContain('decommission or delete');
    refusalOf(await answer(fresh(), { approved: true }), 404);
    refusalOf(await answer(name, {}), 400);
    refusalOf(await answer(name, { approved: 'yes' }), 400);
    expect(await get(name)).toEqual(before);
    expect(await reasons(name)).toHaveLength(3);
    await expectCountsKept();
  });

  test('answers 400 where there is a device of that name, which stays as it is', async () => {
    const name = await create({ labels: { site: 'north' } });
    documentOf(await api.post('/devices', deviceRequest(name, { labels: { site: 'south' } })), 201, deviceSchema);
    expect(refusalOf(await answer(name, { approved: true }), 400)).toContain(`device ${name} already`);
    expect((await getDevice(name)).metadata.labels).toEqual({ site: 'south' });
    expect((await get(name)).status?.conditions).toEqual([]);
    expect(await reasons(name)).toEqual(['EnrollmentRequest ResourceCreated', 'Device ResourceCreated']);
    await expectCountsKept();
  });

  test('happens once, however many do it at the same time', async () => {
    const name = await create({ knownRenderedVersion: '7' });
    const answers = await Promise.all(Array.from({ length: 6 }, () => answer(name, { approved: true })));
    expect(answers.map(({ code }) => code).toSorted((a, b) => a - b)).toEqual([200, 400, 400, 400, 400, 400]);
    expect(await reasons(name)).toEqual([
      'EnrollmentRequest ResourceCreated',
      'EnrollmentRequest EnrollmentRequestApproved',
      'Device ResourceCreated',
    ]);
    await expectCountsKept();
  });
});

describe('denying', () => {
  test('and approving at the same time end as one after the other: there is a device exactly if it is approved', async () => {
    for (let round = 0; round < 10; round += 1) {
      const name = await create();
      const [approved, denied] = await Promise.all([
        answer(name, { approved: true }),
        answer(name, { approved: false }),
      ]);
      expect(approved.code).toBe(200);
      expect([200, 400]).toContain(denied.code);
      expect((await get(name)).status?.approval?.approved).toBe(true);
      await getDevice(name);
    }
  });

  test('makes no device, is told to the agent, and can be taken back by approving', async () => {
    const name = await create();
    const denial = documentOf(await answer(name, { approved: false }), 200, enrollmentRequestApprovalStatusSchema);
    expect(denial).toMatchObject({ approved: false, approvedBy: actor });
    expect((await get(name)).status?.conditions).toMatchObject([{ type: 'Denied', status: 'True' }]);
    refusalOf(await api.get(`/devices/${name}`), 404);
    expect(refusalOf(await answer(name, { approved: false }), 400)).toContain('denied');
    await approve(name);
    expect((await get(name)).status?.conditions).toMatchObject([{ type: 'Approved', status: 'True' }]);
    expect(await eventsNamed(here.context, name)).toMatchObject([
      { reason: 'ResourceCreated' },
      { reason: 'EnrollmentRequestDenied', actor },
      { reason: 'EnrollmentRequestApproved', actor },
      { kind: 'Device', reason: 'ResourceCreated' },
    ]);
  });
});

/** Devices that must answer before anything is rendered for them: known bug 11. */
describe('the gate of an approved device', () => {
  const cases = (['before', 'after'] as const).flatMap((asked) =>
    [undefined, '', '0', '00', '7'].map((known) => ({ asked, known, awaited: asked === 'before' || known === '7' })),
  );

  async function enroll(asked: 'before' | 'after', known: string | undefined): Promise<string> {
    const said = known === undefined ? {} : { knownRenderedVersion: known };
    if (asked === 'before') {
      const name = await create(said);
      await declare();
      return name;
    }
    await declare();
    return await create(said);
  }

  test.each(cases)(
    'asked $asked the restore, known version $known: awaited $awaited',
    async ({ asked, known, awaited }) => {
      const name = await enroll(asked, known);
      const annotations = (await get(name)).metadata.annotations;
      expect(annotations).toEqual(awaited ? { 'device-controller/awaitingReconnect': 'true' } : {});
      const before = await restoreCounts(here.context);

      await approve(name);

      const device = await getDevice(name);
      expect(device.status?.summary.status).toBe(awaited ? 'AwaitingReconnect' : 'Unknown');
      expect(device.metadata.annotations?.['device-controller/awaitingReconnect']).toBe(awaited ? 'true' : undefined);
      expect((await get(name)).metadata.annotations).toEqual({});
      const { kept, settled } = await restoreCounts(here.context);
      expect(kept).toMatchObject({ total: before.kept.total + 1 });
      expect(kept).toMatchObject({ awaiting: before.kept.awaiting + (awaited ? 1 : 0) });
      expect(settled).toBe(before.settled);
      await expectCountsKept();
      const approved = (await eventsNamed(here.context, name)).find(
        ({ reason }) => reason === 'EnrollmentRequestApproved',
      );
      expect(approved?.details).toMatchObject({ awaited });

      await render();
      expect(await positionRow(here.context, name)).toMatchObject({ version: '0' });
      await writeSpec(name);
      await render();
      expect(await positionRow(here.context, name)).toMatchObject({ version: awaited ? '0' : '1' });
    },
  );

  test.each(cases)(
    'asked $asked, known $known: at version 7 it is paused, whatever it said',
    async ({ asked, known, awaited }) => {
      const name = await enroll(asked, known);
      await approve(name);
      expect(await report(name, 7)).toMatchObject({ verdict: 'Ahead', gate: 'ConflictPaused' });
      expect((await getDevice(name)).status?.summary.status).toBe('ConflictPaused');
      await render();
      expect(await positionRow(here.context, name)).toMatchObject({ version: '0', conflict_verdict: 'Ahead' });
      await report(name, 7);
      await report(name, 0);
      expect((await reasons(name)).filter((reason) => reason.startsWith('Device '))).toEqual([
        'Device ResourceCreated',
        'Device DeviceConflictPaused',
      ]);
      const { status } = await readRestore(here.context, 'current');
      expect(status.devices).toMatchObject({ answered: awaited ? 1 : 0, conflictPaused: 1 });
      await expectCountsKept();
      await api.delete(`/devices/${name}`);
    },
  );

  test.each(cases.filter(({ awaited }) => awaited))(
    'asked $asked, known $known: fresh after all, it opens with its first report and is rendered for',
    async ({ asked, known }) => {
      const name = await enroll(asked, known);
      await approve(name);
      expect(await report(name, 0)).toMatchObject({ verdict: 'Behind', gate: 'Open', justJudged: true });
      expect((await reasons(name)).slice(-2)).toEqual(['Device ResourceCreated', 'Device DeviceAnswered']);
      await writeSpec(name);
      await render();
      expect(await positionRow(here.context, name)).toMatchObject({ version: '1' });
      await expectCountsKept();
    },
  );

  test('holds also before any restore was declared', async () => {
    const own = await createTestContext();
    onTestFinished(() => own.close());
    const ownApi = await createApiClient(own.context);
    onTestFinished(() => ownApi.close());
    await ownApi.post('/enrollmentrequests', enrollmentRequest('old', { knownRenderedVersion: '7' }));
    await ownApi.post('/enrollmentrequests', enrollmentRequest('new'));
    await ownApi.put('/enrollmentrequests/old/approval', { approved: true });
    await ownApi.put('/enrollmentrequests/new/approval', { approved: true });
    const statusOf = async (name: string) =>
      documentOf(await ownApi.get(`/devices/${name}`), 200, deviceSchema).status?.summary.status;
    expect([await statusOf('old'), await statusOf('new')]).toEqual(['AwaitingReconnect', 'Unknown']);
    const restored = await declareRestore(own.context, { by: { actor: 'user:test' } });
    expect(restored.restore).toMatchObject({ total: 2, awaiting: 2 });
    expect(await restoreCounts(own.context)).toMatchObject({
      kept: { total: 2, awaiting: 2 },
      counted: { total: 2, awaiting: 2 },
    });
  });

  test('does not look at the clock: one that went back makes no request new', async () => {
    const name = await create();
    const at = here.clock.now();
    here.clock.set(new Date(at.getTime() - 3_600_000));
    await declare();
    await approve(name);
    expect((await getDevice(name)).status?.summary.status).toBe('AwaitingReconnect');
    const later = await create();
    here.clock.set(new Date(at.getTime() - 7_200_000));
    await approve(later);
    expect((await getDevice(later)).status?.summary.status).toBe('Unknown');
    here.clock.set(at);
  });

  test('is not made new by editing or denying the request after the restore', async () => {
    const name = await create({ knownRenderedVersion: '7' });
    await declare();
    const edited = enrollmentRequest(name, { knownRenderedVersion: '0' });
    documentOf(await api.put(`/enrollmentrequests/${name}`, edited), 200, enrollmentRequestSchema);
    documentOf(await answer(name, { approved: false }), 200, enrollmentRequestApprovalStatusSchema);
    await approve(name);
    expect((await getDevice(name)).status?.summary.status).toBe('AwaitingReconnect');
  });

  test('keeps a restore from being settled, also one that had settled, until it has answered and is not paused', async () => {
    const own = await createTestContext();
    onTestFinished(() => own.close());
    const ownApi = await createApiClient(own.context);
    onTestFinished(() => ownApi.close());
    const awaitedOne = async (name: string) => {
      await ownApi.post('/enrollmentrequests', enrollmentRequest(name, { knownRenderedVersion: '7' }));
      documentOf(
        await ownApi.put(`/enrollmentrequests/${name}/approval`, { approved: true }),
        200,
        enrollmentRequestApprovalStatusSchema,
      );
    };
    const tell = (device: string, version: number) =>
      acceptReports(own.context, [{ device, position: { timeline: null, version, specHash: null } }]);
    const phase = async () => (await readRestore(own.context, 'current')).status;

    await declareRestore(own.context, { by: { actor: 'user:test' } });
    expect(await phase()).toMatchObject({ phase: 'Settled', settledAt: own.clock.now().toISOString() });
    own.clock.advance(60_000);
    await awaitedOne('late');
    const mustering = { phase: 'Mustering', settledAt: null };
    expect(await phase()).toMatchObject({ ...mustering, devices: { total: 1, awaitingReconnect: 1 } });
    await tell('late', 7);
    expect(await phase()).toMatchObject({ ...mustering, devices: { answered: 1, conflictPaused: 1 } });

    await declareRestore(own.context, { by: { actor: 'user:test' } });
    await awaitedOne('another');
    await ownApi.delete('/devices/late');
    expect(await phase()).toMatchObject({ phase: 'Mustering', devices: { total: 1, awaitingReconnect: 1 } });
    await tell('another', 0);
    expect(await phase()).toMatchObject({ phase: 'Settled', devices: { total: 1, awaitingReconnect: 0, answered: 1 } });
  });

  test('is awaited whichever comes first, the approval or a restore declared at the same time', async () => {
    for (let round = 0; round < 10; round += 1) {
      const name = await create();
      const [approved] = await Promise.all([answer(name, { approved: true }), declare()]);
      expect(approved.code).toBe(200);
      expect((await getDevice(name)).status?.summary.status).toBe('AwaitingReconnect');
      await expectCountsKept();
    }
  });
});
