import { readdir, readFile, rm } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { FleetRequest } from '../../src/domain/resources/fleet.ts';
import { parseFact, type JournalFact } from '../../src/domain/journal-facts/facts.ts';
import { createFleet } from '../../src/usecases/create-fleet.ts';
import { declareRestore } from '../../src/usecases/declare-restore.ts';
import { findRestore } from '../../src/db/restore-store.ts';
import { keepJournal } from '../../src/usecases/keep-journal.ts';
import { rollOutPending } from '../../src/usecases/roll-out-fleet.ts';
import { fleetRequest } from '../support/documents.ts';
import { by } from '../support/fleet-fixture.ts';
import { JournalStory } from '../support/journal-story.ts';

const never = new AbortController().signal;
let story: JournalStory;

beforeEach(async () => {
  story = await JournalStory.begin();
});

afterEach(async () => {
  await story.end();
});

async function facts(): Promise<JournalFact[]> {
  const contents = { segments: 0, foreign: 0, facts: 0, unreadable: 0 };
  const found: JournalFact[] = [];
  for await (const some of story.here.context.journal.read(contents, never)) found.push(...some);
  expect(contents.unreadable).toBe(0);
  return found;
}

async function furnish(): Promise<void> {
  const { context } = story.here;
  await createFleet(context, { request: fleetRequest('edge', { site: 'north' }) as FleetRequest, by });
  await story.fleet.create('own', { spec: { note: 'line\nbreak "quoted" \\ ü' } });
  await story.fleet.create('of-fleet', { labels: { site: 'north' } });
  await rollOutPending(context, never);
  await story.fleet.render();
}

test('a snapshot has every position with its spec, and every document that people left', async () => {
  await furnish();
  const { journal } = story.here.context;
  await vi.waitFor(() => expect(journal.figures.written).toBe(5));
  const before = new Set((await facts()).map((fact) => JSON.stringify(fact)));
  await keepJournal(story.here.context, never);
  const snapshot = (await facts()).filter((fact) => !before.has(JSON.stringify(fact)));
  const rendered = snapshot.filter((fact) => fact.fact === 'rendered');
  expect(rendered.map(({ device, version }) => `${device} ${version}`).toSorted()).toEqual(['of-fleet 1', 'own 1']);
  const hashes = new Set(snapshot.filter((fact) => fact.fact === 'spec').map(({ hash }) => hash));
  expect(rendered.every(({ hash }) => hashes.has(hash))).toBe(true);
  const wanted = snapshot.filter((fact) => fact.fact === 'wanted');
  expect(wanted.map(({ kind, name, by: author }) => `${kind}/${name} ${author}`).toSorted()).toEqual([
    'Device/of-fleet service:muster',
    'Device/own service:muster',
    'Fleet/edge service:muster',
  ]);
  const own = wanted.find(({ name }) => name === 'own');
  expect(own?.document).toMatchObject({ metadata: { name: 'own' }, spec: { note: 'line\nbreak "quoted" \\ ü' } });
  expect(wanted.find(({ name }) => name === 'of-fleet')?.document).not.toHaveProperty('spec');
  expect(snapshot.at(-1)?.fact).toBe('snapshot');
});

test('a snapshot says what the edits say, so that nothing is lost by a restore of the same state', async () => {
  await furnish();
  await keepJournal(story.here.context, never);
  const { restore } = await declareRestore(story.here.context, { by });
  const found = await findRestore(story.here.context.database.pool, restore.id);
  expect(found?.journal).toMatchObject({ lostPositions: 0, lostDocuments: 0, unreadable: 0, problem: null });
});

test('after a restore a snapshot alone tells what was lost', async () => {
  const backup = await story.backUp();
  await furnish();
  await keepJournal(story.here.context, never);
  // Segments of the time before it go, as those do that are too old.
  await story.here.context.journal.close();
  await removeAllButSnapshot();
  await story.goBackTo(backup);
  const { restore } = await declareRestore(story.here.context, { by });
  const found = await findRestore(story.here.context.database.pool, restore.id);
  expect(found?.journal).toMatchObject({ lostPositions: 2, lostDocuments: 3, problem: null });
});

test('a snapshot is written once a day, and segments go that were kept for long enough', async () => {
  await furnish();
  await story.here.context.journal.close();
  await keepJournal(story.here.context, never);
  const first = await readdir(story.directory);
  await keepJournal(story.here.context, never);
  expect(await readdir(story.directory)).toEqual(first);
  story.here.clock.advance(36 * 86_400_000);
  await keepJournal(story.here.context, never);
  const left = await readdir(story.directory);
  expect(left).toHaveLength(1);
  expect(first).not.toContain(left[0]);
});

async function removeAllButSnapshot(): Promise<void> {
  for (const name of await readdir(story.directory)) {
    const path = `${story.directory}/${name}`;
    const text = gunzipSync(await readFile(path)).toString();
    const last = parseFact(text.trimEnd().split('\n').at(-1) ?? '');
    if (last?.fact !== 'snapshot') await rm(path);
  }
}
