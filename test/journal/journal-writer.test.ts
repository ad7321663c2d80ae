import { randomUUID } from 'node:crypto';
import { appendFile, mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { JournalFact, RenderedPosition } from '../../src/domain/journal-facts/facts.ts';
import { specHash } from '../../src/domain/rendering/spec-hash.ts';
import { JournalWriter } from '../../src/journal/journal-writer.ts';
import { createLog } from '../../src/logging/log.ts';
import { systemClock } from '../../src/time/clock.ts';

const origin = randomUUID();
const timeline = randomUUID();
const log = createLog('silent');
let directory: string;
let open: JournalWriter[];

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'muster-journal-')), 'journal');
  open = [];
});

afterEach(async () => {
  for (const journal of open) await journal.close();
  await rm(join(directory, '..'), { recursive: true, force: true });
});

function journalOf(control = origin, at = directory): JournalWriter {
  const journal = new JournalWriter({
    directory: at,
    origin: control,
    instance: randomUUID(),
    clock: systemClock,
    log,
  });
  open.push(journal);
  return journal;
}

function position(device: string, version: number, image = 'quay.io/acme/os:1'): RenderedPosition {
  const spec = { os: { image } };
  return { device, spec, server: { timeline, version, specHash: specHash(spec), lineage: {} } };
}

async function read(journal: JournalWriter, signal = new AbortController().signal) {
  const contents = { segments: 0, foreign: 0, facts: 0, unreadable: 0 };
  const facts: JournalFact[] = [];
  for await (const some of journal.read(contents, signal)) facts.push(...some);
  return { facts, contents };
}

const written = (journal: JournalWriter, facts: number) =>
  vi.waitFor(() => expect(journal.figures.written).toBe(facts), { timeout: 5_000 });

test('what it is told is on the disk a moment later, for its owner alone', async () => {
  const journal = journalOf();
  journal.rendered([position('a', 1), position('b', 1)]);
  journal.restoreDeclared(timeline, null);
  await written(journal, 3);
  const [name = ''] = await readdir(directory);
  expect(name).toMatch(/^[0-9a-f-]{36}-\d{8}T\d{6}Z-1\.jsonl$/);
  expect((await stat(directory)).mode & 0o777).toBe(0o700);
  expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600);
  const lines = (await readFile(join(directory, name), 'utf8')).trimEnd().split('\n');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ fact: 'header', format: 1, origin });
  expect(lines).toHaveLength(4);
});

test('a spec is written the first time that a segment names its hash, and a render costs little more', async () => {
  const journal = journalOf();
  const image = `quay.io/acme/${'x'.repeat(5_000)}:1`;
  journal.rendered([position('a', 1, image), position('b', 1, image)]);
  await written(journal, 2);
  const first = journal.figures.bytes;
  journal.rendered([position('c', 1, image)]);
  await written(journal, 3);
  expect(first).toBeGreaterThan(5_000);
  expect(first).toBeLessThan(2 * 300 + 6_000);
  expect(journal.figures.bytes - first).toBeLessThan(300);
});

test('a closed segment is compressed, and is read as one that is open', async () => {
  const journal = journalOf();
  journal.rendered([position('a', 1)]);
  await journal.close();
  expect(await readdir(directory)).toEqual([expect.stringMatching(/-1\.jsonl\.gz$/)]);
  const other = journalOf();
  other.rendered([position('a', 2)]);
  await written(other, 1);
  const { facts, contents } = await read(other);
  expect(facts.filter(({ fact }) => fact === 'rendered')).toHaveLength(2);
  expect(contents).toMatchObject({ segments: 2, foreign: 0, unreadable: 0 });
});

test('a segment of another control plane is not read', async () => {
  const journal = journalOf(randomUUID());
  journal.rendered([position('a', 1)]);
  await journal.close();
  expect(await read(journalOf())).toEqual({
    facts: [],
    contents: { segments: 1, foreign: 1, facts: 0, unreadable: 0 },
  });
});

test('torn lines, cut files, flipped bytes and strange files cost themselves and nothing else', async () => {
  const journal = journalOf();
  journal.rendered([position('a', 1), position('b', 1)]);
  await written(journal, 2);
  const [name = ''] = await readdir(directory);
  await appendFile(join(directory, name), '{"fact":"rendered","at":"2026-\n{"fact":"unknown"}\n\0\0\0\n{"torn');
  await writeFile(join(directory, 'notes.txt'), 'not a segment');
  const header = JSON.stringify({
    fact: 'header',
    format: 1,
    muster: '1',
    origin,
    instance: randomUUID(),
    at: new Date(),
  });
  const body = `${header}\n${JSON.stringify({ fact: 'end', at: new Date() })}\n`.padEnd(4_000, ' ');
  const whole = gzipSync(body);
  const cut = join(directory, `${randomUUID()}-20261120T020000Z-1.jsonl.gz`);
  await writeFile(cut, whole);
  await truncate(cut, whole.length - 10);
  await writeFile(join(directory, `${randomUUID()}-20261120T020000Z-1.jsonl.gz`), 'no gzip at all');
  await writeFile(join(directory, `${randomUUID()}-20261120T020000Z-1.jsonl`), '');
  const { facts, contents } = await read(journal);
  expect(facts.filter(({ fact }) => fact === 'rendered')).toHaveLength(2);
  expect(contents.unreadable).toBeGreaterThanOrEqual(5);
});

test('a segment of a newer form is not read', async () => {
  const journal = journalOf();
  await journal.tidyUp();
  const header = JSON.stringify({
    fact: 'header',
    format: 2,
    muster: '9',
    origin,
    instance: randomUUID(),
    at: new Date(),
  });
  await writeFile(join(directory, `${randomUUID()}-20261120T020000Z-1.jsonl`), `${header}\n{"fact":"new"}\n`);
  expect((await read(journal)).contents).toEqual({ segments: 1, foreign: 1, facts: 0, unreadable: 0 });
});

test('a line that is too long is passed over', async () => {
  const journal = journalOf();
  journal.rendered([position('a', 1)]);
  await written(journal, 1);
  const [name = ''] = await readdir(directory);
  await appendFile(join(directory, name), `${'x'.repeat(9 * 1_024 * 1_024)}\n`);
  journal.rendered([position('b', 1)]);
  await written(journal, 2);
  const { facts, contents } = await read(journal);
  expect(facts.filter(({ fact }) => fact === 'rendered')).toHaveLength(2);
  expect(contents.unreadable).toBe(1);
});

test('reading ends when it is told to', async () => {
  const journal = journalOf();
  journal.rendered([position('a', 1)]);
  await written(journal, 1);
  await expect(read(journal, AbortSignal.abort())).rejects.toThrow('aborted');
});

test('a directory that cannot be written costs facts and nothing else, and a snapshot is due when it can be again', async () => {
  const place = join(directory, '..', 'place');
  await writeFile(place, 'a file where the directory should be');
  const journal = journalOf(origin, join(place, 'journal'));
  journal.rendered([position('a', 1)]);
  await vi.waitFor(() => expect(journal.figures).toMatchObject({ lost: 1, written: 0 }), { timeout: 5_000 });
  expect(journal.figures.failingSince).toBeInstanceOf(Date);
  await rm(place);
  expect(await journal.tidyUp()).toBe(true);
  journal.rendered([position('a', 2)]);
  await written(journal, 1);
  expect(journal.figures.failingSince).toBeUndefined();
  await journal.writeSnapshot(factsOf([]));
  expect(await journal.tidyUp()).toBe(false);
});

test('each segment has the specs that it names', async () => {
  for (const device of ['a', 'b']) {
    const journal = journalOf();
    journal.rendered([position(device, 1)]);
    await journal.close();
  }
  const { facts } = await read(journalOf());
  const spec = { os: { image: 'quay.io/acme/os:1' } };
  const rendered = facts.filter((fact) => fact.fact === 'rendered');
  expect(rendered.toSorted((x, y) => (x.device < y.device ? -1 : 1))).toMatchObject([
    { device: 'a', spec },
    { device: 'b', spec },
  ]);
});

async function* factsOf(lines: readonly string[]): AsyncGenerator<Buffer> {
  for (const line of lines) yield Buffer.from(`${line}\n`);
}

test('the segment of a killed process is compressed, and a snapshot is due', async () => {
  const journal = journalOf();
  await journal.tidyUp();
  const header = JSON.stringify({
    fact: 'header',
    format: 1,
    muster: '1',
    origin,
    instance: randomUUID(),
    at: new Date(),
  });
  const killed = join(directory, `${randomUUID()}-20261120T020000Z-1.jsonl`);
  await writeFile(killed, `${header}\n`);
  expect(await journal.tidyUp()).toBe(false);
  const longAgo = new Date(Date.now() - 3_600_000);
  await utimes(killed, longAgo, longAgo);
  expect(await journal.tidyUp()).toBe(true);
  const [name = ''] = await readdir(directory);
  expect(name).toMatch(/\.jsonl\.gz$/);
  expect(gunzipSync(await readFile(join(directory, name))).toString()).toBe(`${header}\n`);
  expect((await stat(join(directory, name))).mtime.getTime()).toBe(longAgo.getTime());
});

test('a snapshot is a segment of its own, whole or not at all', async () => {
  const journal = journalOf();
  const rendered = { fact: 'rendered', at: new Date(), device: 'a', timeline, version: 4, hash: 'a'.repeat(64) };
  async function* broken(): AsyncGenerator<Buffer> {
    yield Buffer.from(`${JSON.stringify(rendered)}\n`);
    throw new Error('the database went away');
  }
  await expect(journal.writeSnapshot(broken())).rejects.toThrow('the database went away');
  expect(await readdir(directory)).toEqual([]);
  await journal.writeSnapshot(factsOf([JSON.stringify(rendered)]));
  const { facts } = await read(journal);
  expect(facts.map(({ fact }) => fact)).toEqual(['rendered', 'snapshot']);
});

test('old segments are removed, and open ones never', async () => {
  const journal = journalOf();
  journal.rendered([position('a', 1)]);
  await written(journal, 1);
  const other = journalOf();
  other.rendered([position('a', 2)]);
  await other.close();
  await sleep(10);
  await journal.removeBefore(new Date());
  expect(await readdir(directory)).toEqual([expect.stringMatching(/\.jsonl$/)]);
});

test('what is told while too much waits is lost, and counted', async () => {
  const journal = journalOf();
  const image = `quay.io/acme/${'x'.repeat(1_000_000)}:`;
  const many = Array.from({ length: 40 }, (_, index) => position('a', index + 1, `${image}${index}`));
  journal.rendered(many);
  await vi.waitFor(() => expect(journal.figures.written).toBeGreaterThan(0), { timeout: 10_000 });
  const { written: kept, lost } = journal.figures;
  expect(kept + lost).toBe(40);
  expect(lost).toBeGreaterThan(0);
});
