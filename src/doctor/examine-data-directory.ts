import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Config } from '../config/config.ts';
import { findingsIn, type Finding } from './finding.ts';
import { notWritable } from './writable-directory.ts';

const { ok, warning, problem } = findingsIn('data directory');

/** Examines if the private PostgreSQL, where there is one, would find space. Nothing is written. */
export async function examineDataDirectory({
  databaseUrl,
  dataDir,
}: Pick<Config, 'databaseUrl' | 'dataDir'>): Promise<Finding[]> {
  if (databaseUrl !== undefined) return [ok('not needed: DATABASE_URL is set')];
  const directory = resolve(dataDir);
  const reason = await notWritable(directory);
  if (reason !== undefined) {
    return [problem(reason, 'Give this user the right to write there, or set MUSTER_DATA_DIR to another directory.')];
  }
  const cluster = await readFile(join(directory, 'postgres', 'PG_VERSION'), 'utf8').catch(() => undefined);
  return [
    ok(
      cluster === undefined
        ? `${directory} can be written; a private PostgreSQL will be set up there`
        : `${directory} can be written, and holds a private PostgreSQL ${cluster.trim()}`,
    ),
    warning('the database is a private one', 'Fine for a trial; in production set DATABASE_URL, and make backups.'),
  ];
}
