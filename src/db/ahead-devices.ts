import { sql } from 'drizzle-orm';
import type { Executor } from './client.ts';

/**
 * Devices that were found ahead in normal operation, since a time, while a restore was the current one. Those that a person
 * resumed or adopted in it, or that were enrolled since it was declared, do not count: that they are ahead says nothing of the
 * server.
 */
export async function countAheadDevices(
  db: Executor,
  { restore, since }: { restore: string; since: Date },
): Promise<number> {
  const [row] = await db.execute<{ count: string }>(sql`
    WITH ahead AS (
      SELECT DISTINCT details ->> 'device' AS name FROM events
      WHERE restore = ${restore}::uuid AND reason = 'DeviceAheadWithoutRestore' AND at >= ${since.toISOString()}::timestamptz)
    SELECT count(*) AS count FROM ahead a JOIN devices d USING (name)
    WHERE d.created_at <= (SELECT r.declared_at FROM restores r WHERE r.id = ${restore}::uuid)
      AND NOT EXISTS (SELECT 1 FROM events e WHERE e.involved_kind = 'Device' AND e.involved_name = a.name
        AND e.restore = ${restore}::uuid AND e.reason IN ('DeviceConflictResolved', 'DeviceAdopted'))`);
  return Number(row?.count ?? 0);
}

/** Tells if more than a number of devices take part and have reported since a time. Reads no more rows than it takes to know. */
export async function hasMoreReporting(db: Executor, { than, since }: { than: number; since: Date }): Promise<boolean> {
  const [row] = await db.execute<{ more: boolean }>(sql`
    SELECT count(*) > ${than} AS more FROM (
      SELECT 1 FROM device_positions WHERE mustered AND last_seen >= ${since.toISOString()}::timestamptz LIMIT ${than + 1}) AS seen`);
  return row?.more === true;
}
