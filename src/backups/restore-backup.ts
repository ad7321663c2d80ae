import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { runCopyScript } from '../db/server/run-copy-script.ts';
import type { BackupManifest } from '../domain/backups/backup-manifest.ts';
import type { BackupDeps } from './verify-backup.ts';

export type RestoreRequest = {
  /** Address of an empty database, and of the role that shall own what is made. */
  readonly url: string;
  /** Processes of `pg_restore`. */
  readonly jobs: number;
};

/**
 * Restores a backup into an empty database, by PostgreSQL's programs or by Muster itself, as it was made.
 *
 * @throws Error with the last that the program said; what the database then holds is worth nothing
 */
export async function restoreBackup(
  { catalogue, programs }: Pick<BackupDeps, 'catalogue' | 'programs'>,
  { engine, files }: BackupManifest,
  { url, jobs }: RestoreRequest,
): Promise<void> {
  const path = catalogue.path(files.dump.name);
  switch (engine) {
    case 'pg_dump':
      return await programs.restore(path, url, jobs);
    case 'copy':
      return await pipeline(createReadStream(path), createGunzip(), (source: AsyncIterable<Buffer>) =>
        runCopyScript(url, source),
      );
    default:
      return engine satisfies never;
  }
}
