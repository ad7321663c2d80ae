import { byService } from '../domain/event.ts';
import { eq, sql } from 'drizzle-orm';
import type { Executor } from './client.ts';
import { databaseMark } from './database-identity.ts';
import { prepared } from './driver/prepared-statements.ts';
import { restores, serviceState } from './schema.ts';

/** Spells `FENC`. Row locks alone let a steady stream of sharers starve the one who declares; this lock is first come, first served. */
const turnstile = 0x4645_4e43;

/**
 * Enters work that must not straddle a restore: until this transaction ends, none can be declared.
 *
 * @returns the id of the current restore
 */
export async function holdRestore(tx: Executor): Promise<string> {
  const [, rows] = await Promise.all([
    tx.execute(sql`${prepared}SELECT pg_advisory_xact_lock_shared(${turnstile})`),
    tx.execute<{ current: string; mark: string }>(
      sql`${prepared}SELECT current_restore AS current, ${databaseMark} AS mark FROM service_state FOR SHARE`,
    ),
  ]);
  return onlyVerified(tx, rows).current;
}

/** Enters declaring a restore: waits for all work that holds the current one, and keeps any other from starting. */
export async function lockForDeclaring(tx: Executor): Promise<string> {
  await tx.execute(sql`SELECT pg_advisory_xact_lock(${turnstile})`);
  return onlyRow(await tx.select({ current: serviceState.currentRestore }).from(serviceState).for('update')).current;
}

/** The current restore, for reading: it may be over when the caller looks at it. */
export async function currentRestore(db: Executor): Promise<string> {
  const rows = await db.execute<{ current: string; mark: string }>(
    sql`${prepared}SELECT current_restore AS current, ${databaseMark} AS mark FROM service_state`,
  );
  return onlyVerified(db, rows).current;
}

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

/**
 * @param rows what was read of service_state, and the mark of the database with it
 * @returns its only row
 * @throws UnverifiedDatabase if this database took the place of the one that was last looked at
 */
export function onlyVerified<Row extends { mark: string }>({ guard }: Executor, rows: readonly Row[]): Row {
  const row = onlyRow(rows);
  guard.assertVerified(row.mark);
  return row;
}

/** Makes a restore the current one. Only after {@link lockForDeclaring}, in its transaction. */
export async function setCurrentRestore(tx: Executor, restore: string): Promise<void> {
  await tx.update(serviceState).set({ currentRestore: restore });
}

/** Tells if the marks outside the database are older than the last declared restore. Then a database that is behind the marks does not show a new restore. */
export async function marksAreOutdated(db: Executor): Promise<boolean> {
  return onlyRow(await db.select({ outdated: serviceState.marksOutdated }).from(serviceState)).outdated;
}

/** Only after {@link lockForDeclaring}, in its transaction. */
export async function setMarksOutdated(tx: Executor, outdated: boolean): Promise<void> {
  await tx.update(serviceState).set({ marksOutdated: outdated });
}

/** Gives a fresh database its first timeline. Does nothing where there is one. */
export async function ensureGenesis(tx: Executor, restore: string, now: Date): Promise<void> {
  // Looked at first without the lock: an instance that stands still in the middle of its work must not keep others from starting.
  if (await hasGenesis(tx)) return;
  await tx.execute(sql`SELECT pg_advisory_xact_lock(${turnstile})`);
  if (await hasGenesis(tx)) return;
  const genesis = { id: restore, genesis: true, declaredAt: now, declaredBy: byService.actor, settledAt: now };
  await tx.insert(restores).values(genesis);
  await tx.insert(serviceState).values({ id: true, currentRestore: restore });
}

/** The timeline that a fresh database was given: it stays the same over all restores, and names the control plane. */
export async function firstTimeline(db: Executor): Promise<string> {
  const [row] = await db.select({ id: restores.id }).from(restores).where(eq(restores.genesis, true));
  if (row === undefined) throw new Error('restores has no row for the first timeline');
  return row.id;
}

async function hasGenesis(tx: Executor): Promise<boolean> {
  const found = await tx.select({ id: serviceState.id }).from(serviceState).where(eq(serviceState.id, true));
  return found.length > 0;
}

function onlyRow<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (row === undefined || rows.length !== 1) throw new Error(`service_state must hold one row, found ${rows.length}`);
  return row;
}
