import { inArray, sql } from 'drizzle-orm';
import type { JsonObject } from '../domain/json.ts';
import type { Executor } from './client.ts';
import { currentRestore } from './fence.ts';
import { readPositions, type PositionRow } from './position-store.ts';
import { renderedSpecs } from './schema.ts';

/** Positions and the current restore, as of one snapshot. */
export async function readForDelivery(
  tx: Executor,
  names: readonly string[],
): Promise<{ restore: string; positions: Map<string, PositionRow> }> {
  await tx.execute(sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY`);
  return { restore: await currentRestore(tx), positions: await readPositions(tx, names) };
}

/** Rendered specs by hash. */
export async function readRenderedSpecs(db: Executor, hashes: readonly string[]): Promise<Map<string, JsonObject>> {
  if (hashes.length === 0) return new Map();
  const query = db.select({ hash: renderedSpecs.hash, spec: renderedSpecs.spec }).from(renderedSpecs);
  const rows = await query.where(inArray(renderedSpecs.hash, [...hashes]));
  return new Map(rows.map((row) => [row.hash, row.spec]));
}
