import { expect, onTestFinished, test } from 'vitest';
import { connectDatabase } from '../../src/db/client.ts';
import { resumeDevices } from '../../src/usecases/resume-devices.ts';
import { FaultyDatabase } from '../model/faulty-database.ts';
import { FleetFixture } from '../support/fleet-fixture.ts';
import { eventRows } from '../support/restore-rows.ts';
import { createTestContext } from '../support/test-context.ts';
import { createTestDatabase } from '../support/test-database.ts';

// Fails if only a message makes a resumed device be rendered: the process dies right after the commit, before any.
test('a device whose resume was the last thing that its process did is rendered all the same', async () => {
  const database = await createTestDatabase();
  const faulty = new FaultyDatabase(connectDatabase(database.url, { poolSize: 3, applicationName: 'faulty' }));
  const dying = await createTestContext({ database, overrides: { database: faulty } });
  await new FleetFixture(dying).paused('a');
  const resume = () => resumeDevices(dying.context, { fieldSelector: 'metadata.name=a', by: { actor: 'user:ada' } });
  expect(await faulty.during('after commit', resume)).toBeUndefined();
  await dying.context.destroy();

  const next = await createTestContext({ database });
  onTestFinished(() => next.close());
  const fleet = new FleetFixture(next);
  expect(await eventRows(next.context, 'DeviceConflictResolved')).toHaveLength(1);
  expect(await fleet.render()).toBe(1);
  expect((await fleet.rendered('a')).version).toBe(5);
});
