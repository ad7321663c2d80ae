import { resolve } from 'node:path';
import type { Config } from '../config/config.ts';
import { findingsIn, type Finding } from './finding.ts';
import { notWritable } from './writable-directory.ts';

const { ok, warning, problem } = findingsIn('journal');

/** Examines if a journal is kept, and if it can be written. Nothing is written. */
export async function examineJournal({
  databaseUrl,
  journal,
}: Pick<Config, 'databaseUrl' | 'journal'>): Promise<Finding[]> {
  if (journal === undefined) {
    return [
      warning(
        'no journal is kept: after a restore nobody knows which edits were lost, nor what a device runs that states only a number',
        'Set MUSTER_JOURNAL to a directory on other storage than the database.',
      ),
    ];
  }
  const directory = resolve(journal);
  const reason = await notWritable(directory);
  if (reason !== undefined) {
    return [problem(reason, 'Give this user the right to write there, or set MUSTER_JOURNAL to another directory.')];
  }
  if (databaseUrl !== undefined) return [ok(`${directory} can be written`)];
  return [
    ok(`${directory} can be written`),
    warning(
      'the journal lies beside the private PostgreSQL, and is lost with that disk',
      'Fine for a trial; set MUSTER_JOURNAL to a directory on other storage.',
    ),
  ];
}
