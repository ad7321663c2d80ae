import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { BackupFile } from '../domain/backups/backup-manifest.ts';
import { copyLines } from '../db/server/copy-lines.ts';
import { copyScript, scriptTrailer } from '../db/server/copy-script.ts';
import type { DatabaseSnapshot } from '../db/server/database-snapshot.ts';
import { writeFileWhole } from './written-file.ts';

/** Dumps a database by Muster itself, as a script of SQL: for a server that no program of PostgreSQL here fits. */
export async function copyDatabase(
  snapshot: DatabaseSnapshot,
  path: string,
  onBytes: (bytes: number) => void,
): Promise<BackupFile> {
  const script = Readable.from(copyScript(snapshot), { objectMode: false });
  return await writeFileWhole(path, script, { through: [createGzip({ level: 1 })], onBytes });
}

/**
 * Reads a script to its end.
 *
 * @param counts rows of each table that it has to have
 * @returns faults that were found
 */
export async function faultsOfScript(path: string, counts: Readonly<Record<string, number>>): Promise<string[]> {
  const found = new Map<string, number>();
  let table: string | undefined;
  let last = '';
  const read = (line: string): void => {
    if (table === undefined) {
      table = /^COPY public\."(.*?)" \(/.exec(line)?.[1];
      if (table !== undefined) found.set(table, 0);
    } else if (line === String.raw`\.`) table = undefined;
    else found.set(table, (found.get(table) ?? 0) + 1);
    if (line !== '') last = line;
  };
  try {
    await pipeline(createReadStream(path), createGunzip(), async (source: AsyncIterable<Buffer>) => {
      for await (const lines of copyLines(source)) for (const line of lines) read(line);
    });
  } catch (error) {
    return [`the dump cannot be decoded: ${error instanceof Error ? error.message : String(error)}`];
  }
  const faults = last === scriptTrailer ? [] : ['the dump does not have its last line'];
  for (const [name, rows] of Object.entries(counts)) {
    if (found.get(name) !== rows)
      faults.push(`the dump has ${found.get(name) ?? 'no'} rows of ${name}; the manifest says ${rows}`);
  }
  return faults;
}
