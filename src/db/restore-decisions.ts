import { sql } from 'drizzle-orm';
import type { DevicePosition } from '../domain/recovery/position.ts';
import type { Executor } from './client.ts';

/** A conflict of a restore, and what became of it. */
export type DecisionRow = {
  readonly device: string;
  readonly verdict: 'Ahead' | 'Diverged';
  readonly info: string;
  readonly since: Date;
  readonly reported: DevicePosition | null;
  readonly resolution: 'Resumed' | 'Adopted' | 'WrittenOff' | null;
  readonly resolvedAt: Date | null;
  readonly resolvedBy: string | null;
  readonly reason: string | null;
};

/** The conflicts found while a restore was the current one, as the events tell them, oldest first. */
export async function listRestoreDecisions(db: Executor, restore: string, limit: number): Promise<DecisionRow[]> {
  const rows = await db.execute<{
    device: string;
    verdict: 'Ahead' | 'Diverged';
    info: string;
    since: string;
    reported: Partial<DevicePosition> | null;
    resolution: 'Resumed' | 'Adopted' | 'WrittenOff' | null;
    resolved_at: string | null;
    resolved_by: string | null;
    reason: string | null;
  }>(sql`
    SELECT c.involved_name AS device, c.details ->> 'verdict' AS verdict, c.message AS info, c.at AS since, c.details -> 'device' AS reported,
      CASE r.reason WHEN 'DeviceConflictResolved' THEN 'Resumed' WHEN 'DeviceAdopted' THEN 'Adopted'
        WHEN 'ResourceDeleted' THEN 'WrittenOff' WHEN 'DeviceDecommissioned' THEN 'WrittenOff' END AS resolution,
      r.at AS resolved_at, r.actor AS resolved_by, r.details ->> 'reason' AS reason
    FROM events c LEFT JOIN LATERAL (
      SELECT e.reason, e.at, e.actor, e.details FROM events e
      WHERE e.involved_kind = 'Device' AND e.involved_name = c.involved_name AND e.restore = c.restore AND e.id > c.id
        AND e.reason IN ('DeviceConflictResolved', 'DeviceAdopted', 'ResourceDeleted', 'DeviceDecommissioned')
      ORDER BY e.id LIMIT 1) r ON true
    WHERE c.restore = ${restore}::uuid AND c.reason = 'DeviceConflictPaused'
    ORDER BY c.id LIMIT ${limit}`);
  return rows.map((row) => ({
    device: row.device,
    verdict: row.verdict,
    info: row.info,
    since: new Date(row.since),
    reported:
      row.reported?.version === undefined
        ? null
        : {
            timeline: row.reported.timeline ?? null,
            version: row.reported.version,
            specHash: row.reported.specHash ?? null,
          },
    resolution: row.resolution,
    resolvedAt: row.resolved_at === null ? null : new Date(row.resolved_at),
    resolvedBy: row.resolved_by,
    reason: row.reason,
  }));
}
