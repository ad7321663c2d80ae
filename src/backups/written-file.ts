import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { syncDirectory } from '../db/server/sync-directory.ts';
import type { BackupFile } from '../domain/backups/backup-manifest.ts';

/** Ending of a file that is not whole yet. */
const partialEnding = '.partial';

/**
 * Writes a file for its owner alone: whole and on the disk, or not at all.
 *
 * @param onBytes told how many bytes have been written so far
 */
export async function writeFileWhole(
  path: string,
  content: Readable,
  { through = [], onBytes }: { through?: readonly Transform[]; onBytes?: ((bytes: number) => void) | undefined } = {},
): Promise<BackupFile> {
  const partial = `${path}${partialEnding}`;
  try {
    const hash = createHash('sha256');
    let bytes = 0;
    const measured = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        bytes += chunk.length;
        onBytes?.(bytes);
        done(null, chunk);
      },
    });
    // Flushed to the disk before it is closed.
    await pipeline([content, ...through, measured, createWriteStream(partial, { mode: 0o600, flush: true })]);
    await rename(partial, path);
    await syncDirectory(dirname(path));
    return { name: basename(path), bytes, sha256: hash.digest('hex') };
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** SHA-256 and length of a file, in one reading. */
export async function measureFile(path: string): Promise<Pick<BackupFile, 'bytes' | 'sha256'>> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}
