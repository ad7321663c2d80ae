import { expect, onTestFinished, test } from 'vitest';
import { decommissionDevice } from '../../src/usecases/decommission-device.ts';
import { readDevice } from '../../src/usecases/read-device.ts';
import { FleetFixture } from '../support/fleet-fixture.ts';
import { keptCounts } from '../support/restore-rows.ts';
import { deviceRow } from '../support/table-rows.ts';
import { createTestContext } from '../support/test-context.ts';

// Fails if the stamp says `lifecycle NOT IN (…)`, which is not true of NULL: the device would be served as if nothing
// had happened.
test('a device without a lifecycle status is awaited; one that is decommissioned is not', async () => {
  const here = await createTestContext();
  onTestFinished(() => here.close());
  const fleet = new FleetFixture(here);
  await fleet.running('plain', 'given-up');
  await decommissionDevice(here.context, { name: 'given-up', target: 'Unenroll', by: { actor: 'user:ada' } });
  expect(await deviceRow(here.context, 'plain')).toMatchObject({ lifecycle: null });

  await fleet.declareRestore();
  expect(await keptCounts(here.context)).toMatchObject({ total: 1, awaiting: 1 });
  const summaryOf = async (name: string) => (await readDevice(here.context, name)).status?.summary?.status;
  expect(await summaryOf('plain')).toBe('AwaitingReconnect');
  expect(await summaryOf('given-up')).not.toBe('AwaitingReconnect');
});
