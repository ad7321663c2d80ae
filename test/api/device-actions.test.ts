import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { deviceAdoptResponseSchema, deviceResumeResponseSchema } from '../../src/domain/resources/device-actions.ts';
import { deviceConflictSchema } from '../../src/domain/resources/device-conflict.ts';
import { createApiClient, type ApiClient } from '../support/api-client.ts';
import { documentOf, refusalOf } from '../support/documents.ts';
import { emptyDatabase } from '../support/empty-database.ts';
import { FleetFixture } from '../support/fleet-fixture.ts';
import { eventRows, keptCounts } from '../support/restore-rows.ts';
import { createTestContext, type TestContext } from '../support/test-context.ts';

let here: TestContext;
let fleet: FleetFixture;
let api: ApiClient;

beforeAll(async () => {
  here = await createTestContext();
  fleet = new FleetFixture(here);
  api = await createApiClient(here.context);
});

afterAll(async () => {
  await api.close();
  await here.close();
});

beforeEach(async () => {
  await emptyDatabase(here);
});

const paused = { fieldSelector: 'status.summary.status=ConflictPaused' };

describe('resuming', () => {
  test('answers how many and which, and who did it is written down', async () => {
    await fleet.paused('a', 'b');
    const answer = await api.post('/deviceactions/resume', { ...paused, reason: 'checked' });
    expect(documentOf(answer, 200, deviceResumeResponseSchema)).toEqual({ resumedDevices: 2, devices: ['a', 'b'] });
    expect(await eventRows(here.context, 'DeviceConflictResolved')).toMatchObject([
      { actor: 'user:anonymous', details: { reason: 'checked' } },
      { involved_name: 'b' },
    ]);
    const again = await api.post('/deviceactions/resume', paused);
    expect(documentOf(again, 200, deviceResumeResponseSchema)).toEqual({ resumedDevices: 0, devices: [] });
  });

  test.each([
    ['nothing', {}],
    ['an empty label selector', { labelSelector: '' }],
    ['a blank field selector', { fieldSelector: '  ' }],
    ['a blank selector beside another', { labelSelector: ' ', ...paused }],
    ['null', { labelSelector: null }],
    ['a selector that does not parse', { labelSelector: 'a in (' }],
    ['a limit of none', { ...paused, limit: 0 }],
    ['a field that there is not', { ...paused, all: true }],
    ['a reason that cannot be stored', { ...paused, reason: '\0' }],
    ['no object', 'all'],
  ])('by %s is refused with 400, and changes nothing', async (_name, body) => {
    await fleet.paused('a');
    for (const action of ['resume', 'adopt']) refusalOf(await api.post(`/deviceactions/${action}`, body), 400);
    expect(await keptCounts(here.context)).toMatchObject({ conflict_paused: 1, resumed: 0 });
  });

  test('in a dry run answers the same, and changes nothing', async () => {
    await fleet.paused('a', 'b');
    const answer = await api.post('/deviceactions/resume', { ...paused, dryRun: true, limit: 1 });
    expect(documentOf(answer, 200, deviceResumeResponseSchema)).toEqual({ resumedDevices: 1, devices: ['a'] });
    expect(await keptCounts(here.context)).toMatchObject({ conflict_paused: 2 });
  });
});

test('adopting answers which devices were adopted, and which sent no spec', async () => {
  await fleet.paused('a', 'b');
  await fleet.report('a', 4, { spec: { os: { image: 'x:4' } } });
  expect(documentOf(await api.post('/deviceactions/adopt', paused), 200, deviceAdoptResponseSchema)).toEqual({
    adoptedDevices: 1,
    devices: ['a'],
    withoutSpec: ['b'],
  });
});

test('a conflict is explained while there is one', async () => {
  await fleet.paused('a');
  expect(documentOf(await api.get('/devices/a/conflict'), 200, deviceConflictSchema)).toMatchObject({
    verdict: 'Ahead',
    reported: { renderedVersion: '4' },
  });
  await fleet.resumeNamed('a');
  for (const name of ['a', 'nobody']) refusalOf(await api.get(`/devices/${name}/conflict`), 404);
});
