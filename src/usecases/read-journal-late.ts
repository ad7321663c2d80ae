import { currentRestore } from '../db/fence.ts';
import { findRestore, noteJournal } from '../db/restore-store.ts';
import { findLost, type JournalReading } from './find-lost.ts';

/**
 * Reads the journal for a restore that was declared by somebody who did not have it: on the database itself, say, without MUSTER_JOURNAL.
 * Does nothing where it was read, where no restore was declared, or where all devices have answered. To be called before
 * anything is served.
 */
export async function readJournalLate(deps: JournalReading): Promise<void> {
  const { pool } = deps.database;
  if (!deps.journal.isKept) return;
  const restore = await findRestore(pool, await currentRestore(pool));
  if (restore === undefined || restore.genesis || restore.journal !== null || restore.awaiting === 0) return;
  const findings = await findLost(deps, restore.id);
  if (findings !== null) await noteJournal(pool, restore.id, findings);
}
