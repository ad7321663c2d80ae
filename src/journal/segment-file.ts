import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm, utimes, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { syncDirectory } from '../db/server/sync-directory.ts';
import type { JournalFact } from '../domain/journal-facts/facts.ts';

/** A segment that is being written. */
export class SegmentFile {
  /** Bytes written so far. */
  bytes = 0;
  private readonly path: string;
  private readonly handle: FileHandle;

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.handle = handle;
  }

  /** Makes a segment that only its owner can read. @throws Error if it cannot be made, or is there already */
  static async create(directory: string, name: string): Promise<SegmentFile> {
    const path = join(directory, name);
    return new SegmentFile(path, await open(path, 'ax', 0o600));
  }

  /** Appends lines, and returns when they are on the disk. */
  async append(text: string): Promise<void> {
    const { bytesWritten } = await this.handle.write(text);
    this.bytes += bytesWritten;
    const expected = Buffer.byteLength(text);
    if (bytesWritten < expected) throw new Error(`only ${bytesWritten} of ${expected} bytes could be written`);
    await this.handle.datasync();
  }

  /** Says of the file that its process is alive. */
  async touch(now: Date): Promise<void> {
    await this.handle.utimes(now, now);
  }

  async close(): Promise<void> {
    await this.handle.close();
  }

  /** Compresses the segment, which must be closed. */
  async compress(): Promise<void> {
    await compressSegment(this.path);
  }
}

/** Compresses a closed segment. The plain one goes when the compressed one is whole and on the disk. */
export async function compressSegment(path: string): Promise<void> {
  const { mtime } = await stat(path);
  await writeCompressed(path, createReadStream(path), mtime);
  await rm(path);
}

/**
 * Writes a segment that is compressed from the start: whole and on the disk, or not at all.
 *
 * @param writtenAt time from which its age counts: of the last fact in it
 */
export async function writeCompressed(path: string, content: AsyncIterable<Buffer>, writtenAt: Date): Promise<void> {
  const partial = `${path}.gz.partial`;
  try {
    const file = createWriteStream(partial, { mode: 0o600, flush: true });
    await pipeline(Readable.from(content, { objectMode: false }), createGzip({ level: 1 }), file);
    await utimes(partial, writtenAt, writtenAt);
    await rename(partial, `${path}.gz`);
    await syncDirectory(dirname(path));
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** A fact as a line. */
export function lineOf(fact: JournalFact): string {
  return `${JSON.stringify(fact)}\n`;
}
