import { sql, type SQL } from 'drizzle-orm';
import type { DeviceRecord } from '../domain/devices/device-record.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Executor } from './client.ts';
import { databaseMark } from './database-identity.ts';
import { prepared } from './driver/prepared-statements.ts';
import { onlyVerified } from './fence.ts';
import { judgedState, type JudgedColumns } from './judged-state.ts';

/** A device with all that is known of it, as SQL selects it: `d` devices, `p` device_positions, `s` device_statuses. */
const selectDevice = sql`
  SELECT d.name, d.labels, d.annotations, d.owner, d.spec, d.spec_adopted, d.matching_fleets, d.matching_fleets_since, d.spec_problem, d.spec_problem_since,
    d.template_generation, d.rollout_problem,
    d.generation, d.resource_version, d.lifecycle, d.certificate_expires_at, d.created_at,
    p.mustered, p.timeline, p.version, p.spec_hash, p.lineage, p.wanted_generation, p.rendered_generation,
    p.reported_timeline, p.reported_version, p.reported_hash, p.applied_version, p.answered_restore_id AS answered, p.answered_at,
    p.conflict_verdict, p.conflict_info, p.conflict_since, p.last_seen, s.status, s.reported_at AS status_reported_at`;

/** The tables that device selectors speak of. */
export const fromDevices = sql`
  FROM devices d JOIN device_positions p ON p.name = d.name LEFT JOIN device_statuses s ON s.name = d.name`;

type Row = JudgedColumns<string> & {
  name: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  owner: string | null;
  spec: JsonObject;
  spec_adopted: boolean;
  matching_fleets: string[] | null;
  matching_fleets_since: string | null;
  spec_problem: string | null;
  spec_problem_since: string | null;
  template_generation: string | null;
  rollout_problem: string | null;
  generation: string;
  resource_version: string;
  lifecycle: string | null;
  certificate_expires_at: string | null;
  created_at: string;
  wanted_generation: string;
  rendered_generation: string;
  applied_version: string | null;
  answered_at: string | null;
  conflict_since: string | null;
  last_seen: string | null;
  status: JsonObject | null;
  status_reported_at: string | null;
};

/** One device; undefined if there is none of that name. */
export async function findDevice(db: Executor, name: string): Promise<DeviceRecord | undefined> {
  const [row] = await db.execute<Row>(sql`${selectDevice} ${fromDevices} WHERE d.name = ${name}`);
  return row && toRecord(row);
}

/** Devices, and the restore that was current in the same state of the database. */
type DevicesInRestore = { readonly restore: string; readonly records: DeviceRecord[] };

/**
 * A page of devices in name order.
 *
 * @param where undefined for all devices: one statement for every such page, which is planned once
 * @throws UnverifiedDatabase if this database took the place of the one that was last looked at
 */
export async function listDevices(
  db: Executor,
  { where, after, limit }: { where: SQL | undefined; after: string | undefined; limit: number },
): Promise<DevicesInRestore> {
  const from = after === undefined ? sql`` : sql`AND d.name > ${after}`;
  const rows = await db.execute<
    { current: string; mark: string } & (Row | { name: null })
  >(sql`${where === undefined ? prepared : sql``}
    SELECT state.current, state.mark, page.*
    FROM (SELECT current_restore AS current, ${databaseMark} AS mark FROM service_state OFFSET 0) AS state
      LEFT JOIN (${selectDevice} ${fromDevices} WHERE ${where ?? sql`true`} ${from} ORDER BY d.name LIMIT ${limit}) AS page ON true
    ORDER BY page.name`);
  const { current } = onlyVerified(db, rows.slice(0, 1));
  return { restore: current, records: rows.flatMap((row) => (row.name === null ? [] : [toRecord(row)])) };
}

/** The distinct labels of devices as `key=value`, in byte order. */
export async function listDeviceLabels(
  db: Executor,
  { where, limit }: { where: SQL; limit: number },
): Promise<string[]> {
  const rows = await db.execute<{ label: string }>(sql`
    SELECT DISTINCT (l.key || '=' || l.value) COLLATE "C" AS label
    ${fromDevices} CROSS JOIN LATERAL jsonb_each_text(d.labels) AS l WHERE ${where} ORDER BY label LIMIT ${limit}`);
  return rows.map((row) => row.label);
}

/** Devices of these names, in name order. One that is not there is left out. */
export async function findDevices(db: Executor, names: readonly string[]): Promise<DevicesInRestore> {
  const where = sql`d.name = ANY(${sql.param(names)}::text[])`;
  return await listDevices(db, { where, after: undefined, limit: names.length });
}

const date = (text: string): Date => new Date(text);
const maybeDate = (text: string | null): Date | null => (text === null ? null : new Date(text));

function toRecord(row: Row): DeviceRecord {
  return {
    name: row.name,
    labels: row.labels,
    annotations: row.annotations,
    owner: row.owner,
    spec: row.spec,
    specAdopted: row.spec_adopted,
    templateGeneration: row.template_generation === null ? null : Number(row.template_generation),
    rolloutProblem: row.rollout_problem,
    matchingFleets: row.matching_fleets,
    matchingFleetsSince: maybeDate(row.matching_fleets_since),
    specProblem: row.spec_problem,
    specProblemSince: maybeDate(row.spec_problem_since),
    generation: Number(row.generation),
    resourceVersion: Number(row.resource_version),
    lifecycle: row.lifecycle,
    certificateExpiresAt: maybeDate(row.certificate_expires_at),
    createdAt: date(row.created_at),
    state: judgedState(row, maybeDate(row.conflict_since)),
    applied: row.applied_version === null ? null : Number(row.applied_version),
    answeredAt: maybeDate(row.answered_at),
    renderPending: Number(row.rendered_generation) < Number(row.wanted_generation),
    lastSeen: maybeDate(row.last_seen),
    status: row.status,
    statusReportedAt: maybeDate(row.status_reported_at),
  };
}
