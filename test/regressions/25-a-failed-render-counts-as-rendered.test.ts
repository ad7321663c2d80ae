import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FleetRequest } from '../../src/domain/resources/fleet.ts';
import type { SpecRenderer } from '../../src/domain/rendering/spec-renderer.ts';
import { createFleet } from '../../src/usecases/create-fleet.ts';
import { patchDevice } from '../../src/usecases/patch-device.ts';
import { readDevice } from '../../src/usecases/read-device.ts';
import { readFleet } from '../../src/usecases/read-fleet.ts';
import { replaceFleet } from '../../src/usecases/replace-fleet.ts';
import { rollOutPending } from '../../src/usecases/roll-out-fleet.ts';
import { fleetRequest } from '../support/documents.ts';
import { by, FleetFixture } from '../support/fleet-fixture.ts';
import { eventReasons } from '../support/table-rows.ts';
import { createTestContext, type TestContext } from '../support/test-context.ts';

// Reliability.md, no. 25. A render or a template that failed left the device at the last version, which it had: it read as up
// to date, and the fleet as reached.

let here: TestContext;
let fleet: FleetFixture;

const renderer: SpecRenderer = {
  render: (spec) =>
    JSON.stringify(spec).includes('unfetchable')
      ? { ok: false, problems: [{ message: 'spec.os.image: nobody has that image' }] }
      : { ok: true, spec },
};

beforeEach(async () => {
  here = await createTestContext({ overrides: { renderer } });
  fleet = new FleetFixture(here);
});

afterEach(async () => {
  await here.close();
});

const labels = { site: 'north' };
const rollOut = () => rollOutPending(here.context, new AbortController().signal);
const updated = async (name: string) => (await readDevice(here.context, name)).status?.updated;
const conditionOf = async (type: string) =>
  (await readFleet(here.context, 'north')).status?.conditions.find((condition) => condition.type === type);

async function inFleet(...names: readonly string[]): Promise<void> {
  await createFleet(here.context, { request: fleetRequest('north', labels) as FleetRequest, by });
  await rollOut();
  for (const name of names) await fleet.create(name, { labels });
  await fleet.render();
  for (const name of names) await fleet.report(name, await fleet.rendered(name));
  for (const name of names) expect(await updated(name)).toEqual({ status: 'UpToDate' });
}

async function applies(name: string): Promise<void> {
  const position = await fleet.rendered(name);
  await fleet.report(name, position, { applied: position.version });
}

async function changeTemplate(image: string): Promise<void> {
  await replaceFleet(here.context, {
    name: 'north',
    request: fleetRequest('north', labels, image) as FleetRequest,
    by,
  });
  await rollOut();
  await fleet.render();
}

test('a render that failed leaves the device out of date with the reason, and the fleet invalid, until it can be done', async () => {
  await inFleet('a');
  const before = await fleet.row('a');
  await changeTemplate('quay.io/acme/unfetchable:2');
  expect((await fleet.row('a')).state.server).toEqual(before.state.server);
  expect(await updated('a')).toEqual({ status: 'OutOfDate', info: 'spec.os.image: nobody has that image' });
  expect(await conditionOf('Valid')).toMatchObject({
    status: 'False',
    message: '1 device keeps the spec it had: a (spec.os.image: nobody has that image).',
  });
  expect((await conditionOf('RolloutInProgress'))?.message).toBe(
    'Generation 2 has not reached 1 device: see the condition Valid.',
  );
  await changeTemplate('quay.io/acme/os:3');
  await applies('a');
  expect(await updated('a')).toEqual({ status: 'UpToDate' });
  expect(await conditionOf('Valid')).toMatchObject({ status: 'True' });
});

test('a template that cannot be filled in for one device leaves that one out of date, and the others go on', async () => {
  await inFleet('a', 'b');
  await patchDevice(here.context, {
    name: 'b',
    patch: [{ op: 'add', path: '/metadata/labels/ring', value: '1' }],
    by,
  });
  await fleet.render();
  const before = await fleet.row('a');
  await changeTemplate('quay.io/acme/os:{{ .metadata.labels.ring }}');
  expect((await fleet.row('a')).state.server).toEqual(before.state.server);
  expect(await readDevice(here.context, 'a')).toMatchObject({
    metadata: { annotations: { 'fleet-controller/lastRolloutError': expect.stringContaining('ring') } },
    spec: { os: { image: 'quay.io/acme/os:1' } },
  });
  expect(await updated('a')).toEqual({ status: 'OutOfDate', info: expect.stringContaining('ring') });
  expect((await readDevice(here.context, 'b')).spec).toEqual({ os: { image: 'quay.io/acme/os:1' } });
  expect(await conditionOf('Valid')).toMatchObject({
    status: 'False',
    message: expect.stringMatching(/^1 device .*: a \(/),
  });
  expect(await eventReasons(here.context, 'north')).toContain('FleetRolloutFailed');

  await patchDevice(here.context, {
    name: 'a',
    patch: [{ op: 'add', path: '/metadata/labels/ring', value: '7' }],
    by,
  });
  await fleet.render();
  await applies('a');
  expect(await updated('a')).toEqual({ status: 'UpToDate' });
  expect((await readDevice(here.context, 'a')).metadata.annotations).not.toHaveProperty([
    'fleet-controller/lastRolloutError',
  ]);
  expect(await conditionOf('Valid')).toMatchObject({ status: 'True' });
  const reasons = (await eventReasons(here.context, 'a')).filter((reason) => reason.startsWith('DeviceSpec'));
  expect(reasons).toEqual(['DeviceSpecInvalid', 'DeviceSpecValid']);
});
