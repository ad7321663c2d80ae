import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { compressSegment } from './segment-file.ts';
import { isClosedSegment, isSegmentName } from './segment-name.ts';

/** Interval at which a process says of its open segment that it is alive, by the time of the file. */
export const aliveEveryMs = 30_000;
/** An open segment of which that was not said for so long is of a process that was killed. */
const abandonedAfterMs = 4 * aliveEveryMs;

/** Compresses the segments of processes that ended without closing them. @returns how many there were */
export async function compressAbandoned(directory: string, now: Date): Promise<number> {
  let abandoned = 0;
  for (const { path, isClosed, writtenAt } of await segmentsIn(directory)) {
    if (isClosed || now.getTime() - writtenAt.getTime() < abandonedAfterMs) continue;
    await compressSegment(path);
    abandoned += 1;
  }
  return abandoned;
}

/** Removes closed segments that nothing was written to since a time. */
export async function removeSegmentsBefore(directory: string, time: Date): Promise<void> {
  for (const { path, isClosed, writtenAt } of await segmentsIn(directory)) {
    if (isClosed && writtenAt < time) await rm(path, { force: true });
  }
}

async function segmentsIn(directory: string): Promise<Array<{ path: string; isClosed: boolean; writtenAt: Date }>> {
  const segments = [];
  for (const name of (await readdir(directory)).filter(isSegmentName)) {
    const path = join(directory, name);
    // One that is gone meanwhile was compressed, or removed, by another process.
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined) segments.push({ path, isClosed: isClosedSegment(name), writtenAt: found.mtime });
  }
  return segments;
}
