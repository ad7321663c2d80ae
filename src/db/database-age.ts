import { sql } from 'drizzle-orm';
import type { Executor } from './client.ts';

/** Looks at this database by all instances so far: a number that only grows, unless rows are put back. */
export async function readLooks(db: Executor): Promise<number> {
  const [row] = await db.execute<{ looks: number }>(sql`SELECT looks::float8 AS looks FROM database_age`);
  return row?.looks ?? 0;
}

/** Counts one more look. @returns the number of looks, this one included */
export async function countLook(db: Executor): Promise<number> {
  const [row] = await db.execute<{ looks: number }>(sql`
    INSERT INTO database_age (looks, written_in) VALUES (1, pg_current_xact_id()::text::bigint)
    ON CONFLICT (id) DO UPDATE SET looks = database_age.looks + 1, written_in = excluded.written_in
    RETURNING looks::float8 AS looks`);
  return row?.looks ?? 0;
}

/**
 * Tells if the row of this database was written by another transaction than the one that it names: so it was copied, as by
 * `pg_restore --data-only` into emptied tables, which changes no identity and no log. PostgreSQL keeps the xmin of a row also
 * when it freezes or moves it. Only its lower 32 bits are kept, without the epoch.
 */
export async function wasPutBack(db: Executor): Promise<boolean> {
  const [row] = await db.execute<{ copied: boolean }>(sql`
    SELECT written_in % 4294967296 <> xmin::text::bigint AS copied FROM database_age WHERE written_in IS NOT NULL`);
  return row?.copied ?? false;
}
