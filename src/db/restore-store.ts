import { aliasedTable, and, asc, desc, eq, isNull, lt, sql, type SQL } from 'drizzle-orm';
import type { BucketCount } from '../domain/recovery/answer-times.ts';
import type { JournalFindings } from '../domain/journal-facts/findings.ts';
import type { RestoreFacts } from '../domain/recovery/restore-document.ts';
import type { Executor } from './client.ts';
import { databaseMark } from './database-identity.ts';
import { onlyVerified } from './fence.ts';
import { prepared } from './driver/prepared-statements.ts';
import { restoreAnswerTimes, restores, serviceState } from './schema.ts';

/** A restore as it is stored; `previous` is null for the first, though the genesis of the database came before it. */
export type RestoreRecord = RestoreFacts & {
  readonly sequence: number;
  readonly genesis: boolean;
  readonly requestHash: string | null;
};

const earlier = aliasedTable(restores, 'earlier');

function selectRestores(db: Executor) {
  const joined = db.select({ restore: restores, afterGenesis: earlier.genesis }).from(restores);
  return joined.leftJoin(earlier, eq(earlier.id, restores.previous));
}

function toRecord(row: { restore: typeof restores.$inferSelect; afterGenesis: boolean | null }): RestoreRecord {
  return row.afterGenesis === true ? { ...row.restore, previous: null } : row.restore;
}

/** Reads when the current restore was declared. @throws Error if it has no row, which means that one was removed by hand */
export async function currentRestoreDeclaredAt(db: Executor): Promise<Date> {
  const [row] = await db.execute<{ at: string }>(sql`${prepared}
    SELECT declared_at AS at FROM restores WHERE id = (SELECT current_restore FROM service_state)`);
  if (row === undefined) throw new Error('restores has no row for the current restore');
  return new Date(row.at);
}

/** One restore, or the genesis of the database; undefined if there is none of that id. */
export async function findRestore(db: Executor, id: string): Promise<RestoreRecord | undefined> {
  const [row] = await selectRestores(db).where(eq(restores.id, id));
  return row && toRecord(row);
}

/**
 * A restore, and how long its devices took to answer, both of one moment; undefined if there is none of that id.
 *
 * @param id of the current one, if it is not given
 */
export async function findRestoreAndTimes(
  db: Executor,
  id: string | undefined,
): Promise<{ record: RestoreRecord; histogram: BucketCount[] } | undefined> {
  const histogram = sql<BucketCount[]>`(
    SELECT coalesce(json_agg(json_build_object('bucket', bucket, 'devices', devices) ORDER BY bucket), '[]')
    FROM ${restoreAnswerTimes} WHERE restore = ${restores.id})`;
  const rows = await db
    .select({
      mark: sql<string>`${prepared}${databaseMark}`,
      restore: restores,
      afterGenesis: earlier.genesis,
      histogram,
    })
    .from(serviceState)
    .leftJoin(restores, eq(restores.id, id ?? serviceState.currentRestore))
    .leftJoin(earlier, eq(earlier.id, restores.previous));
  const found = onlyVerified(db, rows);
  if (found.restore === null) return undefined;
  return { record: toRecord({ restore: found.restore, afterGenesis: found.afterGenesis }), histogram: found.histogram };
}

export async function findRestoreByKey(db: Executor, idempotencyKey: string): Promise<RestoreRecord | undefined> {
  const [row] = await selectRestores(db).where(eq(restores.idempotencyKey, idempotencyKey));
  return row && toRecord(row);
}

/** Key after which a page of restores goes on. */
export type RestoreKey = { readonly sequence: number };

/** Declared restores, newest first; not the genesis. */
export async function listRestores(
  db: Executor,
  { limit, after, where }: { limit: number; after: RestoreKey | undefined; where?: SQL | undefined },
): Promise<RestoreRecord[]> {
  const older = after && lt(restores.sequence, after.sequence);
  const query = selectRestores(db).where(and(eq(restores.genesis, false), older, where));
  const rows = await query.orderBy(desc(restores.sequence)).limit(limit);
  return rows.map(toRecord);
}

/** Times of the last restores that Muster declared by itself for one cause, newest first. */
export async function declaredByItself(db: Executor, cause: NonNullable<NewRestore['cause']>): Promise<Date[]> {
  const query = db.select({ at: restores.declaredAt }).from(restores).where(eq(restores.cause, cause));
  return (await query.orderBy(desc(restores.sequence)).limit(20)).map(({ at }) => at);
}

export async function answerTimes(db: Executor, restore: string): Promise<BucketCount[]> {
  const query = db
    .select({ bucket: restoreAnswerTimes.bucket, devices: restoreAnswerTimes.devices })
    .from(restoreAnswerTimes);
  return await query.where(eq(restoreAnswerTimes.restore, restore)).orderBy(asc(restoreAnswerTimes.bucket));
}

type NewRestore = Pick<
  typeof restores.$inferSelect,
  'id' | 'declaredAt' | 'declaredBy' | 'reason' | 'backup' | 'idempotencyKey' | 'requestHash' | 'cause' | 'journal'
> & { readonly previous: string };

/**
 * Stores a restore and supersedes the one before. The number of devices is taken over from that one, where it has been
 * kept up to date, so this costs the same for any fleet.
 */
export async function insertRestore(tx: Executor, restore: NewRestore): Promise<RestoreRecord> {
  const at = restore.declaredAt;
  const [counted] = await tx
    .update(restores)
    .set({ supersededAt: at })
    .where(eq(restores.id, restore.previous))
    .returning({ total: restores.total });
  const total = counted?.total ?? 0;
  await tx.insert(restores).values({ ...restore, total, awaiting: total, settledAt: total === 0 ? at : null });
  const stored = await findRestore(tx, restore.id);
  if (stored === undefined) throw new Error('the restore was not stored');
  return stored;
}

/** Notes what was found in the journal for a restore, unless somebody has noted it before. */
export async function noteJournal(db: Executor, restore: string, findings: JournalFindings): Promise<void> {
  await db
    .update(restores)
    .set({ journal: findings })
    .where(and(eq(restores.id, restore), isNull(restores.journal)));
}

/** Devices that have not answered the current restore, longest absent first. */
export async function listAwaitedDevices(
  db: Executor,
  { restore, limit }: { restore: string; limit: number },
): Promise<Array<{ name: string; lastSeen: Date | null }>> {
  const rows = await db.execute<{ name: string; last_seen: string | null }>(sql`
    SELECT name, last_seen FROM device_positions WHERE mustered AND answered_restore_id <> ${restore}
    ORDER BY last_seen ASC NULLS FIRST, name LIMIT ${limit}`);
  return rows.map((row) => ({ name: row.name, lastSeen: row.last_seen === null ? null : new Date(row.last_seen) }));
}
