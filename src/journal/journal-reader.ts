import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { journalFormat, maxLineBytes, parseFact, type JournalFact } from '../domain/journal-facts/facts.ts';
import { linesWithin } from '../read-bounded.ts';
import type { JournalContents } from './journal.ts';
import { isClosedSegment, isSegmentName } from './segment-name.ts';

/** Facts that are handed on together at most, and bytes of their lines after which no more are waited for. */
const maxFacts = 2_000;
const maxBytes = 4 * 1_024 * 1_024;

/**
 * Reads all segments of a directory, those of every process, in the order of their names. What cannot be read is counted and passed
 * over: the rest of the journal is still worth having.
 *
 * @param origin the first timeline of the database that the journal has to be of
 * @param contents filled as the reading goes on
 * @throws Error if the directory cannot be read, or when the signal says so
 */
export async function* readJournal(
  directory: string,
  origin: string,
  { contents, signal }: { readonly contents: JournalContents; readonly signal: AbortSignal },
): AsyncGenerator<readonly JournalFact[]> {
  const names = await readdir(directory);
  for (const name of names.filter(isSegmentName).toSorted()) {
    signal.throwIfAborted();
    contents.segments += 1;
    yield* readSegment(join(directory, name), origin, { contents, signal });
  }
}

async function* readSegment(
  path: string,
  origin: string,
  { contents, signal }: { readonly contents: JournalContents; readonly signal: AbortSignal },
): AsyncGenerator<readonly JournalFact[]> {
  let batch: JournalFact[] = [];
  let bytes = 0;
  let isOurs = false;
  try {
    for await (const lines of linesWithin(await openSegment(path), maxLineBytes)) {
      signal.throwIfAborted();
      for (const line of lines) {
        const fact = line === undefined ? undefined : parseFact(line);
        if (!isOurs) {
          isOurs = fact?.fact === 'header' && fact.format <= journalFormat && fact.origin === origin;
          if (isOurs) continue;
          contents.foreign += 1;
          return;
        }
        if (fact === undefined) {
          contents.unreadable += 1;
          continue;
        }
        contents.facts += 1;
        batch.push(fact);
        bytes += line?.length ?? 0;
        if (batch.length < maxFacts && bytes < maxBytes) continue;
        yield batch;
        batch = [];
        bytes = 0;
      }
    }
  } catch (error) {
    if (signal.aborted) throw error;
    // Cut off in the middle, or removed meanwhile because it was old.
    contents.unreadable += 1;
  }
  if (batch.length > 0) yield batch;
}

/** Opens a segment, also one that its process compresses at this moment. */
async function openSegment(path: string): Promise<Readable> {
  if (isClosedSegment(path)) return unzipped((await open(path)).createReadStream());
  try {
    return (await open(path)).createReadStream();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    return unzipped((await open(`${path}.gz`)).createReadStream());
  }
}

function unzipped(file: Readable): Readable {
  const plain = createGunzip();
  file.on('error', (error) => plain.destroy(error));
  return file.pipe(plain);
}
