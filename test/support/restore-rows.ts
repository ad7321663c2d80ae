import { sql } from 'drizzle-orm';
import type { Context } from '../../src/context.ts';
import type { JsonObject } from '../../src/domain/json.ts';

/** The counters of the current restore as they are kept. */
type KeptCounts = {
  total: number;
  awaiting: number;
  answered: number;
  in_sync: number;
  behind: number;
  conflict_paused: number;
  resumed: number;
  adopted: number;
};

const counters = [
  'total',
  'awaiting',
  'answered',
  'in_sync',
  'behind',
  'conflict_paused',
  'resumed',
  'adopted',
] as const;

export async function keptCounts({ database }: Context): Promise<KeptCounts> {
  const [row] = await database.pool.execute<Record<keyof KeptCounts, string>>(
    sql`SELECT r.* FROM service_state s JOIN restores r ON r.id = s.current_restore`,
  );
  const kept = Object.fromEntries(counters.map((counter) => [counter, Number(row?.[counter])]));
  return kept as KeptCounts;
}

/** Answers in the histogram of the current restore. */
export async function countedAnswers({ database }: Context): Promise<number> {
  const [row] = await database.pool.execute<{ devices: string | null }>(
    sql`SELECT sum(t.devices) AS devices FROM service_state s JOIN restore_answer_times t ON t.restore = s.current_restore`,
  );
  return Number(row?.devices ?? 0);
}

type EventRow = {
  reason: string;
  type: string;
  involved_kind: string;
  involved_name: string;
  message: string;
  actor: string;
  restore: string;
  details: Record<string, unknown> | null;
};

/** Events of some reasons, oldest first; of all if none is given. */
export async function eventRows({ database }: Context, ...reasons: readonly string[]): Promise<EventRow[]> {
  const rows = await database.pool.execute<EventRow>(
    sql`SELECT reason, type, involved_kind, involved_name, message, actor, restore, details FROM events ORDER BY id`,
  );
  return rows.filter(({ reason }) => reasons.length === 0 || reasons.includes(reason));
}

/** Number of rows of each table that were written by the transaction that declared the current restore. */
export async function rowsOfDeclaration({ database }: Context): Promise<Record<string, number>> {
  const tables = await database.pool.execute<{ name: string }>(
    sql`SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
  );
  const counted = await Promise.all(
    tables.map(async ({ name }) => {
      const [row] = await database.pool.execute<{ count: string }>(sql`
        SELECT count(*) AS count FROM ${sql.identifier(name)} t WHERE t.xmin = (SELECT xmin FROM service_state)`);
      return [name, Number(row?.count)] as const;
    }),
  );
  return Object.fromEntries(counted.filter(([, count]) => count > 0));
}

/** The documents that were lost, as they are kept for a restore. */
export async function lostDocumentRows(
  { database }: Context,
  restore: string,
): Promise<Array<{ kind: string; name: string; document: JsonObject | null; by: string }>> {
  return [
    ...(await database.pool.execute<{ kind: string; name: string; document: JsonObject | null; by: string }>(sql`
      SELECT kind, name, document, by FROM lost_documents WHERE restore = ${restore}::uuid ORDER BY kind, name`)),
  ];
}
