import { sql, type SQL } from 'drizzle-orm';
import type { Viewpoint } from '../domain/devices/device-record.ts';
import { ownerNamed } from '../domain/fleets/ownership.ts';
import type { DevicesSummary } from '../domain/resources/devices-summary.ts';
import type { Executor } from './client.ts';
import { deviceColumns } from './device-columns.ts';
import { fromDevices } from './device-store.ts';

type Row = {
  owner: string | null;
  summary: string;
  updated: string;
  applications: string;
  os_mode: string;
  count: string;
};

/** Counts the devices that satisfy a condition by their states. */
export async function summariseDevices(db: Executor, where: SQL, view: Viewpoint): Promise<DevicesSummary> {
  return fold(await countStates(db, where, view));
}

/** Counts the devices of each fleet by their states, by the name of the fleet. */
export async function summariseFleets(
  db: Executor,
  fleets: readonly string[],
  view: Viewpoint,
): Promise<Map<string, DevicesSummary>> {
  if (fleets.length === 0) return new Map();
  const rows = await countStates(db, sql`d.owner = ANY(${sql.param(fleets.map(ownerNamed))}::text[])`, view);
  return new Map(fleets.map((fleet) => [fleet, fold(rows.filter(({ owner }) => owner === ownerNamed(fleet)))]));
}

async function countStates(db: Executor, where: SQL, view: Viewpoint): Promise<Row[]> {
  const columns = deviceColumns(view);
  return await db.execute<Row>(sql`
    SELECT d.owner, ${columns['status.summary.status']} AS summary, ${columns['status.updated.status']} AS updated,
      ${columns['status.applicationsSummary.status']} AS applications,
      coalesce(${columns['status.capabilities.osMode']}, 'unknown') AS os_mode, count(*) AS count
    ${fromDevices} WHERE ${where} GROUP BY 1, 2, 3, 4, 5`);
}

function fold(rows: readonly Row[]): DevicesSummary {
  const by = (key: 'summary' | 'updated' | 'applications' | 'os_mode'): Record<string, number> => {
    const counts = new Map<string, number>();
    for (const row of rows) counts.set(row[key], (counts.get(row[key]) ?? 0) + Number(row.count));
    return Object.fromEntries(counts);
  };
  return {
    total: rows.reduce((sum, row) => sum + Number(row.count), 0),
    applicationStatus: by('applications'),
    summaryStatus: by('summary'),
    updateStatus: by('updated'),
    capabilities: { osMode: by('os_mode') },
  };
}
