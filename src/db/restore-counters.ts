import { sql } from 'drizzle-orm';
import type { BucketCount } from '../domain/answer-times.ts';
import type { Executor } from './client.ts';
import { prepared } from './prepared-statements.ts';
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
 * Counts, in the transaction of what is counted, and notes when the restore is settled: nobody awaited, nobody paused.
 *
 * @returns whether this change settled it, and how many devices are still awaited, if anything changed
 */
export async function countForRestore(
  tx: Executor,
  restore: string,
  change: CounterChange,
  { now, answers = [] }: { now: Date; answers?: readonly BucketCount[] },
): Promise<{ settled: boolean; awaiting: number | undefined }> {
  const at = now.toISOString();
  const sets = Object.entries(columns).flatMap(([name, column]) => {
    const by = change[name as keyof typeof columns] ?? 0;
    return by === 0 ? [] : [sql`${sql.identifier(column.name)} = ${sql.identifier(column.name)} + ${by}`];
  });
  if ((change.answered ?? 0) > 0) {
    sets.push(sql`first_answer_at = coalesce(first_answer_at, ${at}::timestamptz)`);
    sets.push(sql`last_answer_at = greatest(last_answer_at, ${at}::timestamptz)`);
  }
  if (sets.length === 0) return { settled: false, awaiting: undefined };
  // All sent at once: once a statement of the transaction has failed, no later one may be sent after its end.
  const [counted, settled] = await Promise.all([
    tx.execute<{ awaiting: number }>(
      sql`${prepared}UPDATE restores SET ${sql.join(sets, sql`, `)} WHERE id = ${restore} RETURNING awaiting::float8`,
    ),
    tx.execute(sql`${prepared}
      UPDATE restores SET settled_at = ${at}
      WHERE id = ${restore} AND settled_at IS NULL AND awaiting = 0 AND conflict_paused = 0 RETURNING id`),
    addAnswers(tx, restore, answers),
  ]);
  return { settled: settled.length > 0, awaiting: counted[0]?.awaiting };
}

async function addAnswers(tx: Executor, restore: string, answers: readonly BucketCount[]): Promise<void> {
  if (answers.length === 0) return;
  await tx.execute(sql`${prepared}
    INSERT INTO restore_answer_times (restore, bucket, devices)
    SELECT ${restore}, r.bucket, r.devices FROM jsonb_to_recordset(${JSON.stringify(answers)}::jsonb) AS r(bucket int, devices bigint)
    ON CONFLICT (restore, bucket) DO UPDATE SET devices = restore_answer_times.devices + excluded.devices`);
}
