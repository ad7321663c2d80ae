import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FleetRequest } from '../../src/domain/resources/fleet.ts';
import { createFleet } from '../../src/usecases/create-fleet.ts';
import { deleteFleet } from '../../src/usecases/delete-fleet.ts';
import { patchDevice } from '../../src/usecases/patch-device.ts';
import { readDevice } from '../../src/usecases/read-device.ts';
import { replaceDevice } from '../../src/usecases/replace-device.ts';
import { replaceFleet } from '../../src/usecases/replace-fleet.ts';
import { resumeDevices } from '../../src/usecases/resume-devices.ts';
import { rollOutPending } from '../../src/usecases/roll-out-fleet.ts';
import { deviceRequest, fleetRequest } from '../support/documents.ts';
import { by, FleetFixture } from '../support/fleet-fixture.ts';
import { deviceRow, eventReasons } from '../support/table-rows.ts';
import { createTestContext, type TestContext } from '../support/test-context.ts';

// Reliability.md, no. 22. An agent makes its device like the spec that it is sent: sent an empty one, it removes everything.
// So whatever takes a device's fleet, template or spec away leaves the device with what it runs.

let here: TestContext;
let fleet: FleetFixture;

beforeEach(async () => {
  here = await createTestContext();
  fleet = new FleetFixture(here);
});

afterEach(async () => {
  await here.close();
});

const labels = { site: 'north' };
const image = 'quay.io/acme/{{ .metadata.name }}:1';
const rollOut = () => rollOutPending(here.context, new AbortController().signal);

async function inFleet(): Promise<void> {
  await createFleet(here.context, { request: fleetRequest('north', labels, image) as FleetRequest, by });
  await rollOut();
  await fleet.create('a', { labels });
  await fleet.render();
  await fleet.report('a', await fleet.rendered('a'));
}

async function changedFleet(request: object): Promise<void> {
  await replaceFleet(here.context, { name: 'north', request: request as FleetRequest, by });
  await rollOut();
}

describe('a device of a fleet keeps what it runs, as its own,', () => {
  test.each([
    ['when the fleet is deleted', () => deleteFleet(here.context, { name: 'north', by })],
    ['when its selector is misspelt', () => changedFleet(fleetRequest('north', { site: 'nroth' }, image))],
    [
      'when its label is patched away',
      () => patchDevice(here.context, { name: 'a', patch: [{ op: 'remove', path: '/metadata/labels/site' }], by }),
    ],
  ])('%s', async (_, taken) => {
    await inFleet();
    const before = await fleet.row('a');
    await taken();
    await fleet.render();
    const after = await fleet.row('a');
    expect(after.state.server).toEqual(before.state.server);
    expect(after.renderedGeneration).toBe(after.wantedGeneration);
    expect(await deviceRow(here.context, 'a')).toMatchObject({ owner: null });
    const shown = await readDevice(here.context, 'a');
    expect(shown.spec).toEqual({ os: { image: 'quay.io/acme/a:1' } });
    expect(shown.status?.updated).toEqual({ status: 'UpToDate' });
  });

  test('when the template becomes empty', async () => {
    await inFleet();
    const before = await fleet.row('a');
    await changedFleet({
      ...fleetRequest('north', labels),
      spec: { selector: { matchLabels: labels }, template: { spec: {} } },
    });
    expect(await fleet.render()).toBe(0);
    expect((await fleet.row('a')).state.server).toEqual(before.state.server);
    expect((await readDevice(here.context, 'a')).spec).toEqual({ os: { image: 'quay.io/acme/a:1' } });
  });

  test('and gets the template of its next fleet like a new version', async () => {
    await inFleet();
    await createFleet(here.context, {
      request: fleetRequest('south', { site: 'south' }, 'b:2') as FleetRequest,
      by,
    });
    await rollOut();
    await replaceDevice(here.context, {
      name: 'a',
      request: deviceRequest('a', { labels: { site: 'south' } }) as never,
      by,
    });
    expect(await fleet.render()).toBe(1);
    expect((await readDevice(here.context, 'a')).spec).toEqual({ os: { image: 'b:2' } });
  });
});

test.each([
  ['is absent', (request: { spec?: object }) => delete request.spec],
  ['is empty', (request: { spec?: object }) => (request.spec = {})],
])('a device keeps its spec when a document is put in its place whose spec %s', async (_, without) => {
  await fleet.running('a');
  const request = deviceRequest('a', { labels: { note: 'x' } });
  without(request);
  await replaceDevice(here.context, { name: 'a', request: request as never, by });
  expect(await fleet.render()).toBe(0);
  expect(await readDevice(here.context, 'a')).toMatchObject({
    metadata: { labels: { note: 'x' } },
    spec: { os: { image: 'quay.io/acme/a:1' } },
  });
});

describe('a device for which nobody has written a spec', () => {
  test('is rendered no version, and is not wanted to be rendered for ever', async () => {
    await fleet.create('a');
    expect(await fleet.render()).toBe(0);
    const { state, wantedGeneration, renderedGeneration } = await fleet.row('a');
    expect(state.server).toMatchObject({ version: 0, specHash: null });
    expect(renderedGeneration).toBe(wantedGeneration);
  });

  test('is sent nothing when it is resumed, which the dry run and the resume say', async () => {
    await fleet.create('without');
    await fleet.running('with');
    await fleet.declareRestore();
    await fleet.report('without', 4);
    await fleet.report('with', 4);
    const action = { labelSelector: '!none', reason: 'test', by };
    const said = { count: 2, names: ['with', 'without'], nothingToSend: { count: 1, names: ['without'] } };
    expect(await resumeDevices(here.context, { ...action, dryRun: true })).toEqual(said);
    expect(await resumeDevices(here.context, action)).toEqual(said);
    expect(await fleet.render()).toBe(1);
    expect((await fleet.row('without')).state.server).toMatchObject({ version: 4, specHash: null });
    const { status } = await readDevice(here.context, 'without');
    expect(status?.updated.status).toBe('OutOfDate');
    expect(status?.updated.info).toContain('keeps what it runs');
  });
});

test('explicit empty lists are an order, and are rendered', async () => {
  await fleet.running('a');
  await replaceDevice(here.context, {
    name: 'a',
    request: deviceRequest('a', { spec: { config: [] } }) as never,
    by,
  });
  expect(await fleet.render()).toBe(1);
  expect(await eventReasons(here.context, 'a')).toContain('ResourceUpdated');
});
