import { sql } from 'drizzle-orm';
import type { Executor } from './client.ts';
import { certificateSigningRequests, devices, enrollmentRequests, fleets } from './schema.ts';

/** Tables of resources that are listed in the order of their names. */
const tables = { devices, fleets, enrollmentRequests, certificateSigningRequests } as const;

/** Rows up to which they are counted. */
const counted = 1_000;

/**
 * Number of rows whose names come after one: counted while they are few; of more than {@link counted} the estimate of PostgreSQL's
 * planner from its statistics, which costs the same for any number.
 */
export async function countRowsAfter(db: Executor, list: keyof typeof tables, name: string): Promise<number> {
  const table = tables[list];
  const after = sql`FROM ${table} WHERE ${table.name} > ${name}`;
  const [row] = await db.execute<{ rows: number }>(
    sql`SELECT count(*)::int AS rows FROM (SELECT ${after} LIMIT ${counted + 1}) AS those`,
  );
  const rows = row?.rows ?? 0;
  if (rows <= counted) return rows;
  const [plan] = await db.execute<{ 'QUERY PLAN': ReadonlyArray<{ Plan: { 'Plan Rows': number } }> }>(
    sql`EXPLAIN (FORMAT JSON) SELECT ${after}`,
  );
  return Math.max(rows, plan?.['QUERY PLAN'][0]?.Plan['Plan Rows'] ?? 0);
}
