import { expect, onTestFinished, test } from 'vitest';
import { connectDatabase } from '../../src/db/client.ts';
import { RestoreWatch } from '../../src/service/restore-watch.ts';
import { declareRestore } from '../../src/usecases/declare-restore.ts';
import { FaultyDatabase } from '../model/faulty-database.ts';
import { FleetFixture } from '../support/fleet-fixture.ts';
import { eventRows, keptCounts } from '../support/restore-rows.ts';
import { createTestContext } from '../support/test-context.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

async function faultyContext(database: TestDatabase) {
  const faulty = new FaultyDatabase(connectDatabase(database.url, { poolSize: 3, applicationName: 'faulty' }));
  return { ...(await createTestContext({ database, overrides: { database: faulty } })), faulty };
}

// Fails if a declaration is more than one transaction: some devices would be awaited and others served.
test('a declaration that dies before its commit leaves nothing behind, and the next one with its key does all of it', async () => {
  const here = await faultyContext(await createTestDatabase());
  onTestFinished(() => here.close());
  const { context, faulty } = here;
  const fleet = new FleetFixture(here);
  await fleet.running('a', 'b', 'c');
  const before = await here.restore();
  const declare = () => declareRestore(context, { idempotencyKey: 'INC-1', by: { actor: 'user:ada' } });

  expect(await faulty.during('before commit', declare)).toBeUndefined();
  expect(await here.restore()).toBe(before);
  expect(await eventRows(context, 'SystemRestored')).toEqual([]);
  expect((await declare()).created).toBe(true);
  expect(await keptCounts(context)).toMatchObject({ total: 3, awaiting: 3 });
});

// Fails if a service starts to serve on a copy although it could not declare that.
test('a service does not start on a restored database that it could not stamp', async () => {
  const original = await createTestContext();
  await new FleetFixture(original).running('a');
  const noticed = new RestoreWatch(original.context);
  await noticed.start();
  await noticed.stop();
  await original.context.destroy();
  const here = await faultyContext(await original.database.copy());
  onTestFinished(async () => {
    await here.close();
    await original.database.drop();
  });
  const before = await here.restore();

  const watch = new RestoreWatch(here.context);
  let started = false;
  await here.faulty.during('before commit', async () => {
    await watch.start();
    started = true;
  });
  expect(started).toBe(false);
  expect(await here.restore()).toBe(before);
  await watch.start();
  await watch.stop();
  expect(await here.restore()).not.toBe(before);
});
