import { sql } from 'drizzle-orm';
import type { BucketCount } from '../domain/recovery/answer-times.ts';
import type { Settling } from '../domain/recovery/restore-events.ts';
import type { Executor } from './client.ts';
import { prepared } from './driver/prepared-statements.ts';
import { restores } from './schema.ts';

const columns = {
  total: restores.total,
  awaiting: restores.awaiting,
  answered: restores.answered,
  inSync: restores.inSync,
  behind: restores.behind,
  conflictPaused: restores.conflictPaused,
  resumed: restores.resumed,
  adopted: restores.adopted,
} as const;

/** By how much each counter of a restore changes. */
export type CounterChange = Partial<Record<keyof typeof columns, number>>;

/**
 * Counts, in the transaction of what is counted, and notes when the restore is settled: nobody awaited, nobody paused. It
 * is settled no longer once somebody is awaited or paused again.
 *
 * @returns what this change made of it, if anything, and how many devices are still awaited, if that may have changed
 */
export async function countForRestore(
  tx: Executor,
  restore: string,
  change: CounterChange,
  { now, answers = [] }: { now: Date; answers?: readonly BucketCount[] },
): Promise<{ settling: Settling | undefined; awaiting: number | undefined }> {
  const at = now.toISOString();
  const sets = Object.entries(columns).flatMap(([name, column]) => {
    const by = change[name as keyof typeof columns] ?? 0;
    return by === 0 ? [] : [sql`${sql.identifier(column.name)} = ${sql.identifier(column.name)} + ${by}`];
  });
  if ((change.answered ?? 0) > 0) {
    sets.push(sql`first_answer_at = coalesce(first_answer_at, ${at}::timestamptz)`);
    sets.push(sql`last_answer_at = greatest(last_answer_at, ${at}::timestamptz)`);
  }
  if (sets.length === 0) return { settling: undefined, awaiting: undefined };
  // All sent at once: once a statement of the transaction has failed, no later one may be sent after its end.
  const [counted, [turned]] = await Promise.all([
    tx.execute<{ awaiting: number }>(
      sql`${prepared}UPDATE restores SET ${sql.join(sets, sql`, `)} WHERE id = ${restore} RETURNING awaiting::float8`,
    ),
    // The genesis of a database is no restore: it never musters.
    tx.execute<{ settled: boolean }>(sql`${prepared}
      UPDATE restores SET settled_at = CASE WHEN settled_at IS NULL THEN ${at}::timestamptz END
      WHERE id = ${restore} AND NOT genesis AND (settled_at IS NULL) = (awaiting = 0 AND conflict_paused = 0)
      RETURNING settled_at IS NOT NULL AS settled`),
    addAnswers(tx, restore, answers),
  ]);
  const settling = turned === undefined ? undefined : turned.settled ? 'Settled' : 'MusteringAgain';
  return { settling, awaiting: counted[0]?.awaiting };
}

async function addAnswers(tx: Executor, restore: string, answers: readonly BucketCount[]): Promise<void> {
  if (answers.length === 0) return;
  await tx.execute(sql`${prepared}
    INSERT INTO restore_answer_times (restore, bucket, devices)
    SELECT ${restore}, r.bucket, r.devices FROM jsonb_to_recordset(${JSON.stringify(answers)}::jsonb) AS r(bucket int, devices bigint)
    ON CONFLICT (restore, bucket) DO UPDATE SET devices = restore_answer_times.devices + excluded.devices`);
}
