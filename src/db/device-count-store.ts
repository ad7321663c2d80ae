import { sql } from 'drizzle-orm';
import type { Executor } from './client.ts';
import { foldCounts, type StateCount } from './device-summary.ts';
import { ownerNamed } from '../domain/fleets/ownership.ts';
import type { DevicesSummary } from '../domain/resources/devices-summary.ts';

/** Name of the chore of counting all devices. */
export const countingChore = 'device-counts';

/** Facts about the last count of all devices, and the number of devices. */
export type DeviceCounting = {
  /** The current restore. */
  readonly restore: string;
  /** Devices that take part in restores: kept up to date all the time. */
  readonly total: number;
  /** The last counting; undefined if there was none. */
  readonly last: { readonly restore: string; readonly countedAt: Date; readonly endedAt: Date } | undefined;
};

/** Reads them from rows that are kept, whatever the size of the fleet. */
export async function readDeviceCounting(db: Executor): Promise<DeviceCounting> {
  const [row] = await db.execute<{
    restore: string;
    total: number;
    counted_for: string | null;
    counted_at: string | null;
    ended_at: string | null;
  }>(sql`
    SELECT s.current_restore AS restore, r.total::float8, c.restore AS counted_for, c.counted_at, w.ended_at
    FROM service_state s JOIN restores r ON r.id = s.current_restore LEFT JOIN device_counting c ON true
      LEFT JOIN chores w ON w.name = ${countingChore}`);
  if (row === undefined) throw new Error('the database has no current restore');
  const { restore, total, counted_for: countedFor, counted_at: countedAt, ended_at: endedAt } = row;
  const last =
    countedFor === null || countedAt === null
      ? undefined
      : { restore: countedFor, countedAt: new Date(countedAt), endedAt: new Date(endedAt ?? countedAt) };
  return { restore, total, last };
}

/** Puts the numbers of a counting in the place of those before. */
export async function keepCounts(
  tx: Executor,
  counts: readonly StateCount[],
  { restore, countedAt }: { restore: string; countedAt: Date },
): Promise<void> {
  await tx.execute(sql`DELETE FROM device_counts`);
  await tx.execute(sql`
    INSERT INTO device_counts (owner, summary, updated, applications, os_mode, devices)
    SELECT coalesce(r.owner, ''), r.summary, r.updated, r.applications, r.os_mode, sum(r.devices)
    FROM jsonb_to_recordset(${JSON.stringify(counts)}::jsonb)
      AS r(owner text, summary text, updated text, applications text, os_mode text, devices bigint)
    GROUP BY 1, 2, 3, 4, 5`);
  const at = countedAt.toISOString();
  await tx.execute(sql`
    INSERT INTO device_counting (id, restore, counted_at) VALUES (true, ${restore}::uuid, ${at}::timestamptz)
    ON CONFLICT (id) DO UPDATE SET restore = excluded.restore, counted_at = excluded.counted_at`);
}

/** The summary of all devices as they were last counted. */
export async function readKeptSummary(db: Executor): Promise<DevicesSummary> {
  return foldCounts([
    ...(await db.execute<StateCount>(sql`
      SELECT NULL AS owner, summary, updated, applications, os_mode, sum(devices)::float8 AS devices
      FROM device_counts GROUP BY 2, 3, 4, 5`)),
  ]);
}

/** The summaries of fleets as they were last counted, by their names. */
export async function readKeptFleetSummaries(
  db: Executor,
  fleets: readonly string[],
): Promise<Map<string, DevicesSummary>> {
  const rows = await db.execute<StateCount>(sql`
    SELECT owner, summary, updated, applications, os_mode, devices::float8 AS devices FROM device_counts
    WHERE owner = ANY(${sql.param(fleets.map(ownerNamed))}::text[])`);
  return new Map(fleets.map((fleet) => [fleet, foldCounts(rows.filter(({ owner }) => owner === ownerNamed(fleet)))]));
}
