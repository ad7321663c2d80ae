import { sql } from 'drizzle-orm';
import type { Executor } from './client.ts';
import { isOpen } from './gate-sql.ts';

/**
 * Lets devices whose spec could not be rendered want it again, those first that have waited longest. Devices that want
 * rendering already, or whose gate is not open, are left alone. The restore must be held.
 *
 * @returns how many
 */
export async function wantProblemsRendered(
  tx: Executor,
  { restore, limit, now }: { restore: string; limit: number; now: Date },
): Promise<number> {
  const rows = await tx.execute(sql`
    UPDATE device_positions AS p
    SET wanted_generation = p.wanted_generation + 1, wanted_since = ${now.toISOString()}::timestamptz
    WHERE p.name IN (
      SELECT p.name FROM device_positions p JOIN devices d ON d.name = p.name
      WHERE d.spec_problem IS NOT NULL AND p.rendered_generation >= p.wanted_generation AND ${isOpen(restore)}
      ORDER BY p.wanted_since, p.name LIMIT ${limit} FOR UPDATE OF p SKIP LOCKED)
    RETURNING p.name`);
  return rows.length;
}
