import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { countLost } from '../../src/db/lost-store.ts';
import { findRestore } from '../../src/db/restore-store.ts';
import type { FleetRequest } from '../../src/domain/resources/fleet.ts';
import { createFleet } from '../../src/usecases/create-fleet.ts';
import { deleteDevice } from '../../src/usecases/delete-device.ts';
import { removeOutdated } from '../../src/usecases/remove-outdated.ts';
import { explainConflict } from '../../src/usecases/explain-conflict.ts';
import { adoptDevices } from '../../src/usecases/resume-devices.ts';
import { fleetRequest } from '../support/documents.ts';
import { by, FleetFixture } from '../support/fleet-fixture.ts';
import { lostDocumentRows } from '../support/restore-rows.ts';
import { createTestContext, type TestContext } from '../support/test-context.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

let directory: string;
let databases: TestDatabase[];
let here: TestContext;
let fleet: FleetFixture;

/** Goes on with a database, and the same journal. */
async function open(database: TestDatabase): Promise<void> {
  here = await createTestContext({ database, env: { MUSTER_JOURNAL: directory } });
  here.clock.set(new Date());
  fleet = new FleetFixture(here);
}

/** A copy of the database as it is now. */
async function backUp(): Promise<TestDatabase> {
  const database = databases.at(-1);
  if (database === undefined) throw new Error('there is no database');
  await here.context.destroy();
  const backup = await database.copy();
  databases.unshift(backup);
  await open(database);
  return backup;
}

/** The database is lost, and the backup takes its place. */
async function goBackTo(backup: TestDatabase): Promise<void> {
  await here.context.destroy();
  await open(backup);
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'muster-journal-'));
  databases = [await createTestDatabase()];
  await open(databases[0] as TestDatabase);
});

afterEach(async () => {
  await here.context.destroy();
  for (const database of databases) await database.drop();
  await rm(directory, { recursive: true });
});

const image = (name: string) => ({ os: { image: name } });

test('after a restore the spec that a device runs is known, although it states only a number', async () => {
  await fleet.create('a', { spec: image('quay.io/acme/os:1') });
  await fleet.render();
  await fleet.report('a', 1);
  const backup = await backUp();
  await fleet.edit('a', 'quay.io/acme/os:2');
  await fleet.render();
  const lost = await fleet.rendered('a');
  await goBackTo(backup);

  const restore = await fleet.declareRestore();
  const found = await findRestore(here.context.database.pool, restore);
  expect(found?.journal).toMatchObject({
    lostPositions: 1,
    lostDocuments: 1,
    unreadable: 0,
    foreign: 0,
    problem: null,
  });

  expect(await fleet.report('a', 2)).toMatchObject({ verdict: 'Ahead', gate: 'ConflictPaused', wantsSpec: false });
  expect((await fleet.row('a')).state.reported).toEqual(lost);
  const deps = { ...here.context, isMasked: () => false };
  const { difference, reported } = await explainConflict(deps, 'a');
  expect(reported).toMatchObject({ timeline: lost.timeline, specHash: lost.specHash });
  expect(difference?.text).toContain('quay.io/acme/os:2');

  const adopted = await adoptDevices(here.context, { fieldSelector: 'metadata.name=a', by });
  expect(adopted).toMatchObject({ names: ['a'], withoutSpec: [] });
  await fleet.render();
  expect((await fleet.row('a')).state.server.version).toBe(3);
  expect(await fleet.report('a', 2)).toMatchObject({ verdict: 'Behind', gate: 'Open' });
});

test('two versions of one number are told apart, and a resume ends the conflict for good', async () => {
  await fleet.create('a', { spec: image('quay.io/acme/os:1') });
  await fleet.render();
  const before = await backUp();
  await fleet.edit('a', 'quay.io/acme/os:2');
  await fleet.render();
  const known = await backUp();
  // The first restore: the version 2 of this timeline is another one.
  await goBackTo(before);
  await fleet.declareRestore();
  await fleet.report('a', 1);
  await fleet.edit('a', 'quay.io/acme/os:other');
  expect(await fleet.render()).toBe(1);
  const other = await fleet.rendered('a');
  // The second one, from a backup that has a version 2 as well.
  await goBackTo(known);
  await fleet.declareRestore();
  expect(await fleet.report('a', other.version)).toMatchObject({ gate: 'ConflictPaused' });
  await fleet.resumeNamed('a');
  expect(await fleet.report('a', other.version)).toMatchObject({ gate: 'Open' });
  await fleet.render();
  expect((await fleet.row('a')).state.server.version).toBeGreaterThan(other.version);
});

test('the next version is above every one that was lost, whatever the device says', async () => {
  await fleet.create('a', { spec: image('quay.io/acme/os:1') });
  await fleet.render();
  const backup = await backUp();
  for (const tag of ['2', '3', '4']) {
    await fleet.edit('a', `quay.io/acme/os:${tag}`);
    await fleet.render();
  }
  await goBackTo(backup);
  await fleet.declareRestore();
  expect(await fleet.report('a', 1)).toMatchObject({ verdict: 'InSync', gate: 'Open' });
  await fleet.edit('a', 'quay.io/acme/os:5');
  await fleet.render();
  expect((await fleet.row('a')).state.server.version).toBe(5);
});

test('the last document of each resource that the backup does not know is kept, with its author', async () => {
  await fleet.create('edited', { spec: image('quay.io/acme/os:1') });
  await fleet.create('deleted', { spec: image('quay.io/acme/os:1') });
  await fleet.create('same', { spec: image('quay.io/acme/os:1') });
  await fleet.render();
  const backup = await backUp();
  await fleet.edit('edited', 'quay.io/acme/os:2');
  await fleet.edit('edited', 'quay.io/acme/os:3');
  await fleet.edit('same', 'quay.io/acme/os:2');
  await fleet.edit('same', 'quay.io/acme/os:1');
  await deleteDevice(here.context, { name: 'deleted', by });
  await fleet.create('enrolled', { spec: image('quay.io/acme/os:1') });
  await fleet.create('gone', { spec: image('quay.io/acme/os:1') });
  await deleteDevice(here.context, { name: 'gone', by });
  const request = fleetRequest('f', { site: 'none' }) as FleetRequest;
  await createFleet(here.context, { request, by });
  await goBackTo(backup);
  const restore = await fleet.declareRestore();
  const rows = await lostDocumentRows(here.context, restore);
  expect(rows.map(({ kind, name, document, by }) => [kind, name, document === null ? null : 'document', by])).toEqual([
    ['Device', 'deleted', null, 'user:test'],
    ['Device', 'edited', 'document', 'user:test'],
    ['Device', 'enrolled', 'document', 'user:test'],
    ['Fleet', 'f', 'document', 'user:test'],
  ]);
  expect(rows[1]?.document).toMatchObject({ spec: image('quay.io/acme/os:3') });
});

test('without a journal nothing is found, and nothing is different', async () => {
  await here.context.destroy();
  const database = databases[0] as TestDatabase;
  here = await createTestContext({ database });
  fleet = new FleetFixture(here);
  await fleet.running('a');
  const restore = await fleet.declareRestore();
  expect((await findRestore(here.context.database.pool, restore))?.journal).toBeNull();
  expect(await fleet.report('a', 1)).toMatchObject({ verdict: 'InSync', gate: 'Open' });
});

test('a journal of another control plane is not read', async () => {
  await fleet.create('a', { spec: image('quay.io/acme/os:1') });
  await fleet.render();
  await here.context.destroy();
  const other = await createTestDatabase();
  databases.push(other);
  await open(other);
  const restore = await fleet.declareRestore();
  const found = await findRestore(here.context.database.pool, restore);
  expect(found?.journal).toMatchObject({ lostPositions: 0, lostDocuments: 0, facts: 0, foreign: 1 });
});

test('what was found for restores that are over is removed, and for the current one it stays', async () => {
  await fleet.create('a', { spec: image('quay.io/acme/os:1') });
  await fleet.render();
  const backup = await backUp();
  await fleet.edit('a', 'quay.io/acme/os:2');
  await fleet.render();
  await goBackTo(backup);
  const first = await fleet.declareRestore();
  const second = await fleet.declareRestore();
  const count = async (restore: string) => (await countLost(here.context.database.pool, restore)).positions;
  const cleanUp = () => removeOutdated(here.context, new AbortController().signal);
  await cleanUp();
  expect([await count(first), await count(second)]).toEqual([1, 1]);
  here.clock.advance(2 * 86_400_000);
  await cleanUp();
  expect([await count(first), await count(second)]).toEqual([0, 1]);
});
