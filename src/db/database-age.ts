import { sql } from 'drizzle-orm';
import type { Executor } from './client.ts';

/** Looks at this database by all instances so far: a number that only grows, unless rows are put back. */
export async function readLooks(db: Executor): Promise<number> {
  const [row] = await db.execute<{ looks: number }>(sql`SELECT looks::float8 AS looks FROM database_age`);
  return row?.looks ?? 0;
}

/** Counts one more look. @returns the number of looks with it */
export async function countLook(db: Executor): Promise<number> {
  const [row] = await db.execute<{ looks: number }>(sql`
    INSERT INTO database_age (looks) VALUES (1) ON CONFLICT (id) DO UPDATE SET looks = database_age.looks + 1
    RETURNING looks::float8 AS looks`);
  return row?.looks ?? 0;
}
