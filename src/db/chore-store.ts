import { sql } from 'drizzle-orm';
import type { Executor } from './client.ts';

/** An instance at work on a chore. */
export type ChoreHolder = { readonly name: string; readonly by: string };

/**
 * Takes a chore that is due and that no other instance is at, or holds it for longer. Times in the future come from a clock that
 * went back: they count as past.
 *
 * @returns false if it is not due, or another instance is at it
 */
export async function holdChore(
  db: Executor,
  { name, by }: ChoreHolder,
  { now, everyMs, holdMs }: { now: Date; everyMs: number; holdMs: number },
): Promise<boolean> {
  const at = (ms: number) => sql`${new Date(now.getTime() + ms).toISOString()}::timestamptz`;
  const rows = await db.execute(sql`
    INSERT INTO chores AS c (name, held_by, held_until) VALUES (${name}, ${by}::uuid, ${at(holdMs)})
    ON CONFLICT (name) DO UPDATE SET held_by = excluded.held_by, held_until = excluded.held_until
    WHERE (c.held_by = excluded.held_by OR c.held_until IS NULL OR c.held_until NOT BETWEEN ${at(0)} AND ${at(holdMs)})
      AND (c.ended_at IS NULL OR c.ended_at NOT BETWEEN ${at(1 - everyMs)} AND ${at(0)})
    RETURNING c.name`);
  return rows.length > 0;
}

/** Lets go of a chore. @param ended time at which it was done to the end; undefined if it was not */
export async function releaseChore(db: Executor, { name, by }: ChoreHolder, ended?: Date): Promise<void> {
  await db.execute(sql`
    UPDATE chores SET held_by = NULL, held_until = NULL, ended_at = coalesce(${ended?.toISOString() ?? null}::timestamptz, ended_at)
    WHERE name = ${name} AND held_by = ${by}::uuid`);
}
