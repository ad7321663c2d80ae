import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { countLost } from '../../src/db/lost-store.ts';
import { findRestore } from '../../src/db/restore-store.ts';
import type { FleetRequest } from '../../src/domain/resources/fleet.ts';
import { createFleet } from '../../src/usecases/create-fleet.ts';
import { deleteDevice } from '../../src/usecases/delete-device.ts';
import { removeOutdated } from '../../src/usecases/remove-outdated.ts';
import { noJournal } from '../../src/journal/journal.ts';
import { declareRestore } from '../../src/usecases/declare-restore.ts';
import { readJournalLate } from '../../src/usecases/read-journal-late.ts';
import { explainConflict } from '../../src/usecases/explain-conflict.ts';
import { adoptDevices } from '../../src/usecases/resume-devices.ts';
import { fleetRequest } from '../support/documents.ts';
import { by, FleetFixture } from '../support/fleet-fixture.ts';
import { lostDocumentRows } from '../support/restore-rows.ts';
import { JournalStory } from '../support/journal-story.ts';
import { createTestContext } from '../support/test-context.ts';

let story: JournalStory;

beforeEach(async () => {
  story = await JournalStory.begin();
});

afterEach(async () => {
  await story.end();
});

const image = (name: string) => ({ os: { image: name } });

test('after a restore the spec that a device runs is known, although it states only a number', async () => {
  await story.fleet.create('a', { spec: image('quay.io/acme/os:1') });
  await story.fleet.render();
  await story.fleet.report('a', 1);
  const backup = await story.backUp();
  await story.fleet.edit('a', 'quay.io/acme/os:2');
  await story.fleet.render();
  const lost = await story.fleet.rendered('a');
  await story.goBackTo(backup);

  const restore = await story.fleet.declareRestore();
  const found = await findRestore(story.here.context.database.pool, restore);
  expect(found?.journal).toMatchObject({
    lostPositions: 1,
    lostDocuments: 1,
    unreadable: 0,
    foreign: 0,
    problem: null,
  });

  expect(await story.fleet.report('a', 2)).toMatchObject({
    verdict: 'Ahead',
    gate: 'ConflictPaused',
    wantsSpec: false,
  });
  expect((await story.fleet.row('a')).state.reported).toEqual(lost);
  const deps = { ...story.here.context, isMasked: () => false };
  const { difference, reported } = await explainConflict(deps, 'a');
  expect(reported).toMatchObject({ timeline: lost.timeline, specHash: lost.specHash });
  expect(difference?.text).toContain('quay.io/acme/os:2');

  const adopted = await adoptDevices(story.here.context, { fieldSelector: 'metadata.name=a', by });
  expect(adopted).toMatchObject({ names: ['a'], withoutSpec: [] });
  await story.fleet.render();
  expect((await story.fleet.row('a')).state.server.version).toBe(3);
  expect(await story.fleet.report('a', 2)).toMatchObject({ verdict: 'Behind', gate: 'Open' });
});

test('two versions of one number are told apart, and a resume ends the conflict for good', async () => {
  await story.fleet.create('a', { spec: image('quay.io/acme/os:1') });
  await story.fleet.render();
  const before = await story.backUp();
  await story.fleet.edit('a', 'quay.io/acme/os:2');
  await story.fleet.render();
  const known = await story.backUp();
  // The first restore: the version 2 of this timeline is another one.
  await story.goBackTo(before);
  await story.fleet.declareRestore();
  await story.fleet.report('a', 1);
  await story.fleet.edit('a', 'quay.io/acme/os:other');
  expect(await story.fleet.render()).toBe(1);
  const other = await story.fleet.rendered('a');
  // The second one, from a backup that has a version 2 as well.
  await story.goBackTo(known);
  await story.fleet.declareRestore();
  expect(await story.fleet.report('a', other.version)).toMatchObject({ gate: 'ConflictPaused' });
  await story.fleet.resumeNamed('a');
  expect(await story.fleet.report('a', other.version)).toMatchObject({ gate: 'Open' });
  await story.fleet.render();
  expect((await story.fleet.row('a')).state.server.version).toBeGreaterThan(other.version);
});

test('the next version is above every one that was lost, whatever the device says', async () => {
  await story.fleet.create('a', { spec: image('quay.io/acme/os:1') });
  await story.fleet.render();
  const backup = await story.backUp();
  for (const tag of ['2', '3', '4']) {
    await story.fleet.edit('a', `quay.io/acme/os:${tag}`);
    await story.fleet.render();
  }
  await story.goBackTo(backup);
  await story.fleet.declareRestore();
  expect(await story.fleet.report('a', 1)).toMatchObject({ verdict: 'InSync', gate: 'Open' });
  await story.fleet.edit('a', 'quay.io/acme/os:5');
  await story.fleet.render();
  expect((await story.fleet.row('a')).state.server.version).toBe(5);
});

test('the last document of each resource that the backup does not know is kept, with its author', async () => {
  await story.fleet.create('edited', { spec: image('quay.io/acme/os:1') });
  await story.fleet.create('deleted', { spec: image('quay.io/acme/os:1') });
  await story.fleet.create('same', { spec: image('quay.io/acme/os:1') });
  await story.fleet.render();
  const backup = await story.backUp();
  await story.fleet.edit('edited', 'quay.io/acme/os:2');
  await story.fleet.edit('edited', 'quay.io/acme/os:3');
  await story.fleet.edit('same', 'quay.io/acme/os:2');
  await story.fleet.edit('same', 'quay.io/acme/os:1');
  await deleteDevice(story.here.context, { name: 'deleted', by });
  await story.fleet.create('enrolled', { spec: image('quay.io/acme/os:1') });
  await story.fleet.create('gone', { spec: image('quay.io/acme/os:1') });
  await deleteDevice(story.here.context, { name: 'gone', by });
  const request = fleetRequest('f', { site: 'none' }) as FleetRequest;
  await createFleet(story.here.context, { request, by });
  await story.goBackTo(backup);
  const restore = await story.fleet.declareRestore();
  const rows = await lostDocumentRows(story.here.context, restore);
  expect(rows.map(({ kind, name, document, by }) => [kind, name, document === null ? null : 'document', by])).toEqual([
    ['Device', 'deleted', null, 'user:test'],
    ['Device', 'edited', 'document', 'user:test'],
    ['Device', 'enrolled', 'document', 'user:test'],
    ['Fleet', 'f', 'document', 'user:test'],
  ]);
  expect(rows[1]?.document).toMatchObject({ spec: image('quay.io/acme/os:3') });
});

test('without a journal nothing is found, and nothing is different', async () => {
  const here = await createTestContext();
  onTestFinished(() => here.close());
  const fleet = new FleetFixture(here);
  await fleet.running('a');
  const restore = await fleet.declareRestore();
  expect((await findRestore(here.context.database.pool, restore))?.journal).toBeNull();
  expect(await fleet.report('a', 1)).toMatchObject({ verdict: 'InSync', gate: 'Open' });
});

test('a journal of another control plane is not read', async () => {
  await story.fleet.create('a', { spec: image('quay.io/acme/os:1') });
  await story.fleet.render();
  await story.goOnWithAnother();
  const restore = await story.fleet.declareRestore();
  const found = await findRestore(story.here.context.database.pool, restore);
  expect(found?.journal).toMatchObject({ lostPositions: 0, lostDocuments: 0, facts: 0, foreign: 1 });
});

test('what was found for restores that are over is removed, and for the current one it stays', async () => {
  await story.fleet.create('a', { spec: image('quay.io/acme/os:1') });
  await story.fleet.render();
  const backup = await story.backUp();
  await story.fleet.edit('a', 'quay.io/acme/os:2');
  await story.fleet.render();
  await story.goBackTo(backup);
  const first = await story.fleet.declareRestore();
  const second = await story.fleet.declareRestore();
  const count = async (restore: string) => (await countLost(story.here.context.database.pool, restore)).positions;
  const cleanUp = () => removeOutdated(story.here.context, new AbortController().signal);
  await cleanUp();
  expect([await count(first), await count(second)]).toEqual([1, 1]);
  story.here.clock.advance(2 * 86_400_000);
  await cleanUp();
  expect([await count(first), await count(second)]).toEqual([0, 1]);
});

test('a journal that the one who declared did not have is read before the service serves', async () => {
  await story.fleet.create('a', { spec: image('quay.io/acme/os:1') });
  await story.fleet.render();
  const backup = await story.backUp();
  await story.fleet.edit('a', 'quay.io/acme/os:2');
  await story.fleet.render();
  await story.goBackTo(backup);
  const { context } = story.here;
  const { restore } = await declareRestore({ ...context, journal: noJournal }, { by });
  expect(restore.journal).toBeNull();
  await readJournalLate(context);
  const found = await findRestore(context.database.pool, restore.id);
  expect(found?.journal).toMatchObject({ lostPositions: 1, lostDocuments: 1 });
  expect(await story.fleet.report('a', 2)).toMatchObject({ gate: 'ConflictPaused', wantsSpec: false });
  await story.fleet.edit('a', 'quay.io/acme/os:3');
  await readJournalLate(context);
  expect((await findRestore(context.database.pool, restore.id))?.journal).toEqual(found?.journal);
});
