import { sql } from 'drizzle-orm';
import type { Executor } from './client.ts';
import { currentRestore } from './fence.ts';

/**
 * Makes a transaction read one state of the database, so that the gate of a device and the restore that it is judged by
 * belong together. Must come first in it.
 *
 * @returns the restore that is current in that state
 */
export async function openSnapshot(tx: Executor): Promise<string> {
  await tx.execute(sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY`);
  return await currentRestore(tx);
}
