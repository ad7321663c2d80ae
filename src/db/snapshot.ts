import { sql } from 'drizzle-orm';
import type { Executor } from './client.ts';
import { currentRestore } from './fence.ts';
import { prepared } from './driver/prepared-statements.ts';

/**
 * Makes a transaction read one state of the database, so that the gate of a device and the restore that it is judged by
 * belong together. Must come first in it.
 *
 * @returns the restore that is current in that state
 */
export async function openSnapshot(tx: Executor): Promise<string> {
  // A statement is sent when somebody asks for its answer: this one first, and the next without waiting for it.
  const isOpen = Promise.resolve(tx.execute(sql`${prepared}SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY`));
  const [, restore] = await Promise.all([isOpen, currentRestore(tx)]);
  return restore;
}
