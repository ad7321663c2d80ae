import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApp, type App } from '../../src/service/app.ts';
import { deviceSchema } from '../../src/domain/resources/device.ts';
import { enrollmentRequestSchema } from '../../src/domain/resources/enrollment-request.ts';
import { unknownDeviceListSchema } from '../../src/domain/resources/unknown-device.ts';
import { declareRestore } from '../../src/usecases/declare-restore.ts';
import { renderPending } from '../../src/usecases/render-devices.ts';
import { clientOf, type ApiClient } from '../support/api-client.ts';
import { documentOf, refusalOf } from '../support/documents.ts';
import { enrollmentRequest, eventsNamed } from '../support/enrollment.ts';
import { restoreCounts } from '../support/table-rows.ts';
import { useContext } from '../support/use-fleet.ts';

let app: App;
let admin: ApiClient;
let agent: ApiClient;
let number = 0;
const fresh = (): string => `edge-${(number += 1)}`;

const here = await useContext({ env: { MUSTER_POLL_TIMEOUT: '50ms' } });

beforeAll(async () => {
  app = await buildApp(here.context);
  admin = clientOf(app.api);
  agent = clientOf(app.agent);
});

afterAll(async () => {
  await app.close();
});

const ask = (name: string, said: Parameters<typeof enrollmentRequest>[1] = {}) =>
  agent.post('/enrollmentrequests', enrollmentRequest(name, said));
const look = (name: string) => agent.get(`/enrollmentrequests/${name}`);
const poll = (name: string, version: number | string) =>
  agent.get(`/devices/${name}/rendered?knownRenderedVersion=${version}`);
const approve = (name: string) => admin.put(`/enrollmentrequests/${name}/approval`, { approved: true });
/** Gives a device a spec: without one nothing is ever rendered for it. */
const writeSpec = async (name: string) =>
  documentOf(
    await admin.patch(`/devices/${name}`, [{ op: 'add', path: '/spec/os', value: { image: 'quay.io/acme/os:1' } }]),
    200,
    deviceSchema,
  );
const declare = () => declareRestore(here.context, { by: { actor: 'user:test' } });
const render = () => renderPending(here.context, new AbortController().signal);

describe('a device that asks to join', () => {
  test('is told 201, finds its request pending, and is the one who did it', async () => {
    const name = fresh();
    const made = documentOf(await ask(name, { labels: { hostname: 'My Host' } }), 201, enrollmentRequestSchema);
    expect(made).toMatchObject({ metadata: { name }, status: { conditions: [] } });
    expect(documentOf(await look(name), 200, enrollmentRequestSchema)).toEqual(made);
    expect(documentOf(await admin.get(`/enrollmentrequests/${name}`), 200, enrollmentRequestSchema)).toEqual(made);
    expect(await eventsNamed(here.context, name)).toMatchObject([
      { kind: 'EnrollmentRequest', reason: 'ResourceCreated', actor: `device:${name}` },
    ]);
  });

  test('takes the shape in which an agent sends it, empty fields and whole status included', async () => {
    const name = fresh();
    const request = {
      apiVersion: 'v1beta1',
      kind: 'EnrollmentRequest',
      metadata: { name },
      spec: {
        csr: 'PEM',
        labels: null,
        knownRenderedVersion: '',
        deviceStatus: {
          config: { renderedVersion: '' },
          os: { image: '' },
          systemInfo: { bootID: 'b', architecture: 'arm64' },
        },
      },
    };
    const made = documentOf(await agent.post('/enrollmentrequests', request), 201, enrollmentRequestSchema);
    expect(made.metadata.annotations).toEqual({});
  });

  test('is told 409 when it asks again, the same or otherwise, and finds its first request as it was', async () => {
    const name = fresh();
    await ask(name, { knownRenderedVersion: '7' });
    const before = await look(name);
    refusalOf(await ask(name, { knownRenderedVersion: '7' }), 409);
    refusalOf(await ask(name), 409);
    expect((await look(name)).body).toEqual(before.body);
    expect(await eventsNamed(here.context, name)).toHaveLength(1);
  });

  test('asks once, however often it does so at the same time', async () => {
    const name = fresh();
    const answers = await Promise.all(Array.from({ length: 6 }, () => ask(name)));
    expect(answers.map(({ code }) => code).toSorted((a, b) => a - b)).toEqual([201, 409, 409, 409, 409, 409]);
    expect(await eventsNamed(here.context, name)).toHaveLength(1);
  });

  test('is told 400 for a known version that is none, or a request that is none, and nothing is stored', async () => {
    const name = fresh();
    expect(refusalOf(await ask(name, { knownRenderedVersion: '7.0' }), 400)).toContain('knownRenderedVersion');
    refusalOf(await ask(name, { csr: '' }), 400);
    refusalOf(await ask(name, { csr: 'a\u0000' }), 400);
    refusalOf(await ask('', {}), 400);
    refusalOf(await agent.raw('POST', '/enrollmentrequests', '{"spec":', 'application/json'), 400);
    refusalOf(await look(name), 404);
    expect(await eventsNamed(here.context, name)).toEqual([]);
  });

  test('is told 404 for a request that is not there, in words that make no agent erase itself', async () => {
    expect(refusalOf(await look(fresh()), 404)).not.toMatch(/Device of name/);
  });

  test('can neither list nor answer, change or delete requests', async () => {
    const name = fresh();
    await ask(name);
    refusalOf(await agent.get('/enrollmentrequests'), 405);
    refusalOf(await agent.put(`/enrollmentrequests/${name}/approval`, { approved: true }), 404);
    refusalOf(await agent.put(`/enrollmentrequests/${name}`, enrollmentRequest(name)), 405);
    refusalOf(await agent.delete(`/enrollmentrequests/${name}`), 405);
    refusalOf(await agent.post(`/restores/current/unknown-devices/${name}/enroll`, {}), 404);
  });

  test('learns that it was denied, or approved', async () => {
    const [denied, approved] = [fresh(), fresh()];
    await ask(denied);
    await ask(approved);
    await admin.put(`/enrollmentrequests/${denied}/approval`, { approved: false });
    await approve(approved);
    const conditions = async (name: string) =>
      documentOf(await look(name), 200, enrollmentRequestSchema).status?.conditions;
    expect(await conditions(denied)).toMatchObject([{ type: 'Denied', status: 'True' }]);
    expect(await conditions(approved)).toMatchObject([{ type: 'Approved', status: 'True' }]);
  });
});

describe('a device that has joined', () => {
  test('gets its spec with its first poll where it is new', async () => {
    const name = fresh();
    await ask(name);
    expect(refusalOf(await poll(name, 0), 404)).not.toMatch(/Device of name/);
    await approve(name);
    await render();
    expect((await poll(name, 0)).code).toBe(204);
    await writeSpec(name);
    await render();
    const answer = await poll(name, 0);
    expect(answer.headers).toMatchObject({ 'muster-verdict': 'Behind', 'muster-gate': 'Open' });
    expect(documentOf(answer, 200, deviceSchema).metadata.annotations).toMatchObject({
      'device-controller/renderedVersion': '1',
    });
  });

  test.each([{ known: '7' }, { known: undefined }])(
    'after a restore that it asked before, known version $known: is judged first, and paused at 7 without a document',
    async ({ known }) => {
      const name = fresh();
      await ask(name, known === undefined ? {} : { knownRenderedVersion: known });
      await declare();
      await approve(name);
      await writeSpec(name);
      await render();
      const paused = await poll(name, 7);
      expect(paused.headers).toMatchObject({ 'muster-verdict': 'Ahead', 'muster-gate': 'ConflictPaused' });
      expect(paused.code).toBe(204);
      await render();
      expect((await poll(name, 7)).code).toBe(204);

      await admin.post('/deviceactions/resume', { fieldSelector: `metadata.name=${name}` });
      await render();
      expect(documentOf(await poll(name, 7), 200, deviceSchema).metadata.annotations).toMatchObject({
        'device-controller/renderedVersion': '8',
      });
      const { kept, counted } = await restoreCounts(here.context);
      expect(kept).toEqual(counted);
    },
  );

  test('as one that this database had forgotten goes on after one call of a person', async () => {
    await declare();
    const name = fresh();
    const told = refusalOf(await poll(name, 7), 404);
    expect(told).toContain('not known here');
    expect(told).not.toMatch(/Device of name/);
    const { items } = documentOf(await admin.get('/restores/current/unknown-devices'), 200, unknownDeviceListSchema);
    expect(items).toMatchObject([{ name, reported: { renderedVersion: '7' } }]);
    documentOf(await admin.post(`/restores/current/unknown-devices/${name}/enroll`, {}), 201, deviceSchema);
    expect((await poll(name, 7)).headers).toMatchObject({ 'muster-gate': 'ConflictPaused' });
  });
});
