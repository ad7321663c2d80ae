import { sql } from 'drizzle-orm';
import type { Sightings } from '../domain/devices/clones.ts';
import { statusDigest } from '../domain/devices/status-digest.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Executor } from './client.ts';
import { prepared } from './driver/prepared-statements.ts';
import { jsonTexts } from './json-texts.ts';

/**
 * Keeps the last status document of each device, given as JSON. A device that is not in the database is passed over.
 *
 * @param sightings of machines, where a status says anything new of them
 */
export async function saveStatuses(
  tx: Executor,
  statuses: ReadonlyMap<string, string>,
  now: Date,
  sightings: ReadonlyMap<string, Sightings> = new Map(),
): Promise<void> {
  if (statuses.size === 0) return;
  const names = [...statuses.keys()];
  const texts = [...statuses.values()];
  const machines = names.map((name) => {
    const seen = sightings.get(name);
    return seen === undefined ? null : JSON.stringify(seen);
  });
  await tx.execute(sql`${prepared}
    INSERT INTO device_statuses (name, status, digest, machines, reported_at)
    SELECT r.name, r.status::jsonb, r.digest, r.machines::jsonb, ${now.toISOString()}::timestamptz
    FROM unnest(${sql.param(names)}::text[], ${jsonTexts(texts)}, ${sql.param(texts.map((text) => statusDigest(text, now)))}::text[],
      ${sql.param(machines)}::text[]) AS r(name, status, digest, machines) JOIN devices USING (name)
    ORDER BY r.name
    ON CONFLICT (name) DO UPDATE SET status = excluded.status, digest = excluded.digest, reported_at = excluded.reported_at,
      machines = coalesce(excluded.machines, device_statuses.machines)`);
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
  await tx.execute(sql`${prepared}
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
  const rows = await db.execute<{ name: string }>(sql`${prepared}
    SELECT p.name FROM device_positions p WHERE p.name = ANY(${sql.param(names)}::text[]) AND ${runningSpec} IS NOT NULL`);
  return new Set(rows.map((row) => row.name));
}

/** The last status document of a device, empty if it sent none; undefined if there is no such device. */
export async function findReportedStatus(db: Executor, name: string): Promise<JsonObject | undefined> {
  const [row] = await db.execute<{ status: JsonObject | null }>(sql`${prepared}
    SELECT s.status FROM devices d LEFT JOIN device_statuses s USING (name) WHERE d.name = ${name}`);
  return row && (row.status ?? {});
}

/** The spec that a device says it runs: the one it sent, or the rendered one that has the hash it reported. */
export async function findRunningSpec(db: Executor, name: string): Promise<JsonObject | undefined> {
  const [row] = await db.execute<{ spec: JsonObject | null }>(sql`
    SELECT ${runningSpec} AS spec FROM device_positions p WHERE p.name = ${name}`);
  return row?.spec ?? undefined;
}
