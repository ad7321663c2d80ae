import { expect, onTestFinished, test } from 'vitest';
import { readDevice } from '../../src/usecases/read-device.ts';
import { FleetFixture } from '../support/fleet-fixture.ts';
import { createTestContext } from '../support/test-context.ts';

const upToDate = { summary: { status: 'Online' }, updated: { status: 'UpToDate' } };

// Fails if silence, or what the device said of itself, comes before what the service waits for; and if `updated` stays
// what it was before the restore.
test('a device that is silent or says that all is well still reads as awaited, and as paused', async () => {
  const here = await createTestContext();
  onTestFinished(() => here.close());
  const fleet = new FleetFixture(here);
  const statusOf = async () => (await readDevice(here.context, 'a')).status;
  await fleet.running('a');
  await fleet.report('a', await fleet.rendered('a'), { status: upToDate });
  expect(await statusOf()).toMatchObject(upToDate);

  await fleet.declareRestore();
  const awaited = { summary: { status: 'AwaitingReconnect' }, updated: { status: 'Unknown' } };
  expect(await statusOf()).toMatchObject(awaited);
  here.clock.advance(30 * 24 * 3_600_000);
  expect(await statusOf()).toMatchObject(awaited);

  await fleet.report('a', 4, { status: upToDate });
  const paused = { summary: { status: 'ConflictPaused' }, updated: { status: 'OutOfDate' } };
  expect(await statusOf()).toMatchObject(paused);
  here.clock.advance(30 * 24 * 3_600_000);
  expect(await statusOf()).toMatchObject(paused);
});
