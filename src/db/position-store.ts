import { inArray, sql } from 'drizzle-orm';
import type { DevicePosition, ServerPosition } from '../domain/position.ts';
import type { JudgedState } from '../domain/report.ts';
import type { Executor } from './client.ts';
import { devicePositions } from './schema.ts';

/** A device's position row, as the hot paths read it. */
export type PositionRow = {
  readonly name: string;
  readonly state: JudgedState;
  readonly wantedGeneration: number;
  readonly renderedGeneration: number;
  readonly lastSeen: Date | null;
};

const columns = {
  name: devicePositions.name,
  mustered: devicePositions.mustered,
  timeline: devicePositions.timeline,
  version: devicePositions.version,
  specHash: devicePositions.specHash,
  lineage: devicePositions.lineage,
  wantedGeneration: devicePositions.wantedGeneration,
  renderedGeneration: devicePositions.renderedGeneration,
  reportedTimeline: devicePositions.reportedTimeline,
  reportedVersion: devicePositions.reportedVersion,
  reportedHash: devicePositions.reportedHash,
  answeredRestore: devicePositions.answeredRestore,
  conflictVerdict: devicePositions.conflictVerdict,
  conflictInfo: devicePositions.conflictInfo,
  conflictSince: devicePositions.conflictSince,
  lastSeen: devicePositions.lastSeen,
} as const;

type Row = Pick<typeof devicePositions.$inferSelect, keyof typeof columns>;

/** Reads positions without locking. Order and completeness are not promised: look them up by name. */
export async function readPositions(db: Executor, names: readonly string[]): Promise<Map<string, PositionRow>> {
  const rows = await db.select(columns).from(devicePositions).where(amongNames(names));
  return new Map(rows.map((row) => [row.name, toPositionRow(row)]));
}

/** Reads and locks positions, in name order, so that transactions that lock several never wait in a circle. */
export async function lockPositions(tx: Executor, names: readonly string[]): Promise<Map<string, PositionRow>> {
  const query = tx.select(columns).from(devicePositions).where(amongNames(names));
  const rows = await query.orderBy(devicePositions.name).for('update');
  return new Map(rows.map((row) => [row.name, toPositionRow(row)]));
}

function amongNames(names: readonly string[]) {
  return names.length === 1
    ? inArray(devicePositions.name, [...names])
    : sql`${devicePositions.name} = ANY(${sql.param(names)}::text[])`;
}

function toPositionRow(row: Row): PositionRow {
  const server: ServerPosition = {
    timeline: row.timeline,
    version: row.version,
    specHash: row.specHash,
    lineage: row.lineage,
  };
  const reported: DevicePosition | null =
    row.reportedVersion === null
      ? null
      : { timeline: row.reportedTimeline, version: row.reportedVersion, specHash: row.reportedHash };
  const conflict =
    row.conflictVerdict === null || row.conflictSince === null
      ? null
      : { verdict: row.conflictVerdict, info: row.conflictInfo ?? '', since: row.conflictSince };
  return {
    name: row.name,
    state: { mustered: row.mustered, server, reported, answeredRestore: row.answeredRestore, conflict },
    wantedGeneration: row.wantedGeneration,
    renderedGeneration: row.renderedGeneration,
    lastSeen: row.lastSeen,
  };
}

/** What a report changed of a device that is judged. */
export type SavedReport = { readonly name: string; readonly state: JudgedState; readonly answeredNow: boolean };

/** Writes what reports changed. The rows must be locked. */
export async function saveReports(tx: Executor, reports: readonly SavedReport[], now: Date): Promise<void> {
  if (reports.length === 0) return;
  const rows = reports.map(({ name, state, answeredNow }) => ({
    name,
    t: state.reported?.timeline ?? null,
    v: state.reported?.version ?? null,
    h: state.reported?.specHash ?? null,
    a: state.answeredRestore,
    now: answeredNow,
    cv: state.conflict?.verdict ?? null,
    ci: state.conflict?.info ?? null,
    cs: state.conflict?.since.toISOString() ?? null,
  }));
  const at = now.toISOString();
  await tx.execute(sql`
    UPDATE device_positions AS p SET
      reported_timeline = r.t, reported_version = r.v, reported_hash = r.h,
      answered_restore_id = r.a, answered_at = CASE WHEN r.now THEN ${at}::timestamptz ELSE p.answered_at END,
      conflict_verdict = r.cv, conflict_info = r.ci, conflict_since = r.cs, last_seen = ${at}::timestamptz
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS r(name text, t uuid, v bigint, h text, a uuid, now boolean, cv text, ci text, cs timestamptz)
    WHERE p.name = r.name`);
}

/** Notes that devices spoke, and nothing else. */
export async function touchDevices(tx: Executor, names: readonly string[], now: Date): Promise<void> {
  if (names.length === 0) return;
  await tx.execute(sql`
    UPDATE device_positions SET last_seen = ${now.toISOString()}::timestamptz WHERE name = ANY(${sql.param(names)}::text[])`);
}
