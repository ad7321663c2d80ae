import { sql } from 'drizzle-orm';
import type { Executor } from './client.ts';

/** Spells `OWNS`. Row locks cannot keep a new fleet out, and it is a new one that a device being labelled would miss. */
const ownership = 0x4f57_4e53;

/**
 * Enters work that decides which fleet owns devices: until this transaction ends no fleet is made, changed or deleted.
 * Taken right after the restore is held and before any device is locked.
 */
export async function holdFleets(tx: Executor): Promise<void> {
  await tx.execute(sql`SELECT pg_advisory_xact_lock_shared(${ownership})`);
}

/** Enters the change of a fleet: waits for all that decides by the fleets as they are. Taken where holdFleets is. */
export async function lockFleets(tx: Executor): Promise<void> {
  await tx.execute(sql`SELECT pg_advisory_xact_lock(${ownership})`);
}
