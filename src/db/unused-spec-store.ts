import { sql } from 'drizzle-orm';
import type { Executor } from './client.ts';
import { isSettled } from './retention-store.ts';

/** Rough number of rendered specs, as the last look of PostgreSQL's own statistics has it. */
export async function estimateSpecs(db: Executor): Promise<number> {
  const [row] = await db.execute<{ rows: number }>(
    sql`SELECT greatest(reltuples, 0)::float8 AS rows FROM pg_class WHERE oid = 'rendered_specs'::regclass`,
  );
  return row?.rows ?? 0;
}

/** Hashes that some devices refer to, and the name of the last device looked at; undefined where there was none. */
type UsedHashes = { readonly hashes: string[]; readonly last: string | undefined };

/** Reads the hashes that devices refer to by their positions: rendered for them, or said to run on them. In name order. */
export async function readUsedHashes(
  db: Executor,
  { after, limit }: { after: string; limit: number },
): Promise<UsedHashes> {
  const [row] = await db.execute<{ last: string | null; hashes: string[] | null }>(sql`
    WITH page AS MATERIALIZED (
      SELECT name, spec_hash, reported_hash FROM device_positions WHERE name > ${after} ORDER BY name LIMIT ${limit})
    SELECT (SELECT max(name) FROM page) AS last, json_agg(DISTINCT h.hash) AS hashes
    FROM page CROSS JOIN LATERAL (VALUES (spec_hash), (reported_hash)) AS h(hash) WHERE h.hash IS NOT NULL`);
  return { hashes: row?.hashes ?? [], last: row?.last ?? undefined };
}

/** A page of the rendered specs that were there before a time, in the order of their hashes. */
export async function listSpecHashes(
  db: Executor,
  { after, limit, before }: { after: string; limit: number; before: Date },
): Promise<Array<{ hash: string; unused: boolean; old: boolean }>> {
  const rows = await db.execute<{ hash: string; unused: boolean; old: boolean }>(sql`
    SELECT hash, unused_since IS NOT NULL AS unused, created_at < ${before.toISOString()}::timestamptz AS old
    FROM rendered_specs WHERE hash > ${after} ORDER BY hash LIMIT ${limit}`);
  return [...rows];
}

/** Notes the time since which nothing has referred to specs, or takes it off where something does again. */
export async function markSpecs(
  tx: Executor,
  { unused, used, now }: { unused: readonly string[]; used: readonly string[]; now: Date },
): Promise<void> {
  const marks = [
    { hashes: unused, since: now.toISOString() },
    { hashes: used, since: null },
  ];
  for (const { hashes, since } of marks) {
    if (hashes.length === 0) continue;
    await tx.execute(sql`
      UPDATE rendered_specs SET unused_since = ${since}::timestamptz
      WHERE hash = ANY(${sql.param(hashes)}::text[]) AND (unused_since IS NULL) = ${since !== null}`);
  }
}

/**
 * Removes those of these specs that nothing has referred to since before a time. A render that takes one up meanwhile takes the mark
 * off it, and it stays. None is removed while a restore goes on: a device that comes back may run any of them.
 */
export async function removeUnusedSpecs(
  tx: Executor,
  { hashes, before }: { hashes: readonly string[]; before: Date },
): Promise<number> {
  if (hashes.length === 0) return 0;
  const { count } = await tx.execute(sql`
    DELETE FROM rendered_specs WHERE hash = ANY(${sql.param(hashes)}::text[]) AND unused_since < ${before.toISOString()}::timestamptz
      AND ${isSettled}`);
  return count;
}
