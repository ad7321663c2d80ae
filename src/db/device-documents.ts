import { eq, sql } from 'drizzle-orm';
import type { Sightings } from '../domain/devices/clones.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Executor } from './client.ts';
import { prepared } from './driver/prepared-statements.ts';
import { devices, deviceStatuses } from './schema.ts';

/**
 * Keeps the last status document of each device. A device that is not in the database is passed over.
 *
 * @param sightings of machines, where a status says anything new of them
 */
export async function saveStatuses(
  tx: Executor,
  statuses: ReadonlyMap<string, JsonObject>,
  now: Date,
  sightings: ReadonlyMap<string, Sightings> = new Map(),
): Promise<void> {
  if (statuses.size === 0) return;
  const rows = [...statuses].map(([name, status]) => ({ name, status, machines: sightings.get(name) ?? null }));
  await tx.execute(sql`${prepared}
    INSERT INTO device_statuses (name, status, machines, reported_at)
    SELECT r.name, r.status, nullif(r.machines, 'null'::jsonb), ${now.toISOString()}::timestamptz
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(name text, status jsonb, machines jsonb)
      JOIN devices USING (name)
    ORDER BY r.name
    ON CONFLICT (name) DO UPDATE SET status = excluded.status, reported_at = excluded.reported_at,
      machines = coalesce(excluded.machines, device_statuses.machines)`);
}

/** The known machines under these names; a name is absent where none is known. */
export async function readSightings(tx: Executor, names: readonly string[]): Promise<Map<string, Sightings>> {
  if (names.length === 0) return new Map();
  const rows = await tx.execute<{ name: string; machines: Sightings }>(sql`${prepared}
    SELECT name, machines FROM device_statuses WHERE name = ANY(${sql.param(names)}::text[]) AND machines IS NOT NULL`);
  return new Map(rows.map(({ name, machines }) => [name, machines]));
}

export type ReportedSpec = { readonly version: number; readonly spec: JsonObject };

/** Keeps the specs that devices say they run. A device that is not in the database is passed over. */
export async function saveDeviceSpecs(
  tx: Executor,
  specs: ReadonlyMap<string, ReportedSpec>,
  now: Date,
): Promise<void> {
  if (specs.size === 0) return;
  const rows = [...specs].map(([name, { version, spec }]) => ({ name, version, spec }));
  await tx.execute(sql`
    INSERT INTO device_specs (name, version, spec, reported_at)
    SELECT r.name, r.version, r.spec, ${now.toISOString()}::timestamptz
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(name text, version bigint, spec jsonb) JOIN devices USING (name)
    ORDER BY r.name
    ON CONFLICT (name) DO UPDATE SET version = excluded.version, spec = excluded.spec, reported_at = excluded.reported_at`);
}

/**
 * The spec that the device of a row of device_positions AS p runs: the one it sent for the version it reported, else the
 * rendered one that has the hash it reported. NULL if neither is known.
 */
export const runningSpec = sql`coalesce(
  (SELECT o.spec FROM device_specs o WHERE o.name = p.name AND o.version = p.reported_version),
  (SELECT r.spec FROM rendered_specs r WHERE r.hash = p.reported_hash))`;

/** Finds the devices among these whose running spec is known. */
export async function devicesWithKnownSpec(db: Executor, names: readonly string[]): Promise<Set<string>> {
  if (names.length === 0) return new Set();
  const rows = await db.execute<{ name: string }>(sql`
    SELECT p.name FROM device_positions p WHERE p.name = ANY(${sql.param(names)}::text[]) AND ${runningSpec} IS NOT NULL`);
  return new Set(rows.map((row) => row.name));
}

/** The last status document of a device, empty if it sent none; undefined if there is no such device. */
export async function findReportedStatus(db: Executor, name: string): Promise<JsonObject | undefined> {
  const query = db.select({ status: deviceStatuses.status }).from(devices);
  const [row] = await query
    .leftJoin(deviceStatuses, eq(deviceStatuses.name, devices.name))
    .where(eq(devices.name, name));
  return row && (row.status ?? {});
}

/** The spec that a device says it runs: the one it sent, or the rendered one that has the hash it reported. */
export async function findRunningSpec(db: Executor, name: string): Promise<JsonObject | undefined> {
  const [row] = await db.execute<{ spec: JsonObject | null }>(sql`
    SELECT ${runningSpec} AS spec FROM device_positions p WHERE p.name = ${name}`);
  return row?.spec ?? undefined;
}
