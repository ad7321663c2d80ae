import { sql, type SQL } from 'drizzle-orm';
import type { Viewpoint } from '../domain/devices/device-record.ts';
import { ownerNamed } from '../domain/fleets/ownership.ts';
import type { DevicesSummary } from '../domain/resources/devices-summary.ts';
import type { Executor } from './client.ts';
import { deviceColumns } from './device-columns.ts';
import { fromDevices } from './device-store.ts';

/** Number of devices of one owner that are in the same states. */
export type StateCount = {
  /** `Fleet/<name>` or null. */
  readonly owner: string | null;
  readonly summary: string;
  readonly updated: string;
  readonly applications: string;
  readonly os_mode: string;
  readonly devices: number;
};

/** Counts the devices that satisfy a condition by their states. */
export async function summariseDevices(db: Executor, where: SQL, view: Viewpoint): Promise<DevicesSummary> {
  return foldCounts(await countStates(db, where, view));
}

/** Counts the devices of each fleet by their states, by the name of the fleet. */
export async function summariseFleets(
  db: Executor,
  fleets: readonly string[],
  view: Viewpoint,
): Promise<Map<string, DevicesSummary>> {
  if (fleets.length === 0) return new Map();
  const rows = await countStates(db, sql`d.owner = ANY(${sql.param(fleets.map(ownerNamed))}::text[])`, view);
  return new Map(fleets.map((fleet) => [fleet, foldCounts(rows.filter(({ owner }) => owner === ownerNamed(fleet)))]));
}

/**
 * Counts the devices of a page in name order by their states and owners.
 *
 * @returns the name after which the next page begins too; undefined on the last page
 */
export async function countStatesOfPage(
  db: Executor,
  { after, limit }: { after: string; limit: number },
  view: Viewpoint,
): Promise<{ counts: StateCount[]; next: string | undefined }> {
  const [last] = await db.execute<{ name: string }>(
    sql`SELECT name FROM devices WHERE name > ${after} ORDER BY name OFFSET ${limit - 1} LIMIT 1`,
  );
  const upTo = last === undefined ? sql`` : sql`AND d.name <= ${last.name}`;
  return { counts: await countStates(db, sql`d.name > ${after} ${upTo}`, view), next: last?.name };
}

async function countStates(db: Executor, where: SQL, view: Viewpoint): Promise<StateCount[]> {
  const columns = deviceColumns(view);
  const rows = await db.execute<StateCount>(sql`
    SELECT d.owner, ${columns['status.summary.status']} AS summary, ${columns['status.updated.status']} AS updated,
      ${columns['status.applicationsSummary.status']} AS applications,
      coalesce(${columns['status.capabilities.osMode']}, 'unknown') AS os_mode, count(*)::float8 AS devices
    ${fromDevices} WHERE ${where} GROUP BY 1, 2, 3, 4, 5`);
  return [...rows];
}

/** Adds counts up by each of the states. */
export function foldCounts(rows: readonly StateCount[]): DevicesSummary {
  const by = (key: 'summary' | 'updated' | 'applications' | 'os_mode'): Record<string, number> => {
    const counts = new Map<string, number>();
    for (const row of rows) counts.set(row[key], (counts.get(row[key]) ?? 0) + row.devices);
    return Object.fromEntries(counts);
  };
  return {
    total: rows.reduce((sum, { devices }) => sum + devices, 0),
    applicationStatus: by('applications'),
    summaryStatus: by('summary'),
    updateStatus: by('updated'),
    capabilities: { osMode: by('os_mode') },
  };
}
