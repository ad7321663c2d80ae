import { sql, type SQL } from 'drizzle-orm';
import type { ServerPosition } from '../domain/recovery/position.ts';
import type { JudgedState } from '../domain/recovery/report.ts';
import type { Executor } from './client.ts';
import { prepared } from './driver/prepared-statements.ts';
import { judgedState, type JudgedColumns } from './judged-state.ts';

/** A device's position row, as the hot paths read it. */
export type PositionRow = {
  readonly name: string;
  readonly state: JudgedState;
  /** Rendered version that the device last said to have applied; null before it said. */
  readonly applied: number | null;
  readonly wantedGeneration: number;
  readonly renderedGeneration: number;
  readonly lastSeen: Date | null;
  /** Another one after each change of the row: what a change that was decided on without a lock is made conditional on. */
  readonly revision: string;
};

/** A row of device_positions as {@link positionColumns} select it. */
export type PositionColumns = JudgedColumns<number> & {
  readonly name: string;
  readonly wanted: number;
  readonly rendered: number;
  readonly applied: number | null;
  readonly conflict_since_ms: number | null;
  readonly last_seen_ms: number | null;
  readonly revision: string;
};

/** Columns of a row of `device_positions AS p`. */
export const positionColumns = sql`p.name, p.mustered, p.timeline, p.version::float8, p.spec_hash, p.lineage,
  p.wanted_generation::float8 AS wanted, p.rendered_generation::float8 AS rendered, p.reported_timeline,
  p.reported_version::float8, p.reported_hash, p.applied_version::float8 AS applied, p.answered_restore_id AS answered,
  p.conflict_verdict, p.conflict_info, (extract(epoch FROM p.conflict_since) * 1000)::float8 AS conflict_since_ms,
  (extract(epoch FROM p.last_seen) * 1000)::float8 AS last_seen_ms, p.xmin AS revision`;

const byName = (names: readonly string[]): SQL => sql`
  SELECT ${positionColumns} FROM device_positions p WHERE p.name = ANY(${sql.param(names)}::text[])`;

/** A device changed between the moment it was read and the moment it was to be written. */
export class RowsChanged extends Error {
  override readonly name = 'RowsChanged';
}

/** Condition that the row that was read as `r` is still what it was. */
const isAsRead = sql`p.name = r.name AND p.xmin = r.revision::xid`;

/** Reads positions without locking. Order and completeness are not promised: look them up by name. */
export async function readPositions(db: Executor, names: readonly string[]): Promise<Map<string, PositionRow>> {
  return positionsOf(await db.execute<PositionColumns>(sql`${prepared}${byName(names)}`));
}

/** Reads and locks positions, in name order, so that transactions that lock several never wait in a circle. */
export async function lockPositions(tx: Executor, names: readonly string[]): Promise<Map<string, PositionRow>> {
  return positionsOf(await tx.execute<PositionColumns>(sql`${prepared}${byName(names)} ORDER BY p.name FOR UPDATE`));
}

function positionsOf(rows: readonly PositionColumns[]): Map<string, PositionRow> {
  return new Map(rows.map((row) => [row.name, toPositionRow(row)]));
}

const maybeDate = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));

/** A position row from its columns. */
export function toPositionRow(row: PositionColumns): PositionRow {
  return {
    name: row.name,
    state: judgedState(row, maybeDate(row.conflict_since_ms)),
    applied: row.applied,
    wantedGeneration: row.wanted,
    renderedGeneration: row.rendered,
    lastSeen: maybeDate(row.last_seen_ms),
    revision: row.revision,
  };
}

/** Changes of a device by its reports. */
export type SavedReport = {
  readonly row: PositionRow;
  readonly state: JudgedState;
  readonly applied: number | null;
  readonly answeredNow: boolean;
};

/** Writes what reports changed. @throws RowsChanged if one of them is not as it was read */
export async function saveReports(tx: Executor, reports: readonly SavedReport[], now: Date): Promise<void> {
  if (reports.length === 0) return;
  const column = (valueOf: (report: SavedReport) => string | null) => sql.param(reports.map(valueOf));
  const { count } = await tx.execute(sql`${prepared}
    UPDATE device_positions AS p SET
      reported_timeline = r.t::uuid, reported_version = r.v::bigint, reported_hash = r.h, applied_version = r.a::bigint,
      answered_restore_id = r.ar::uuid,
      answered_at = CASE WHEN r.now IS NULL THEN p.answered_at ELSE ${now.toISOString()}::timestamptz END,
      conflict_verdict = r.cv, conflict_info = r.ci, conflict_since = r.cs::timestamptz,
      last_seen = ${now.toISOString()}::timestamptz
    FROM unnest(
      ${column(({ row }) => row.name)}::text[], ${column(({ row }) => row.revision)}::text[],
      ${column(({ state }) => state.reported?.timeline ?? null)}::text[],
      ${column(({ state }) => (state.reported === null ? null : String(state.reported.version)))}::text[],
      ${column(({ state }) => state.reported?.specHash ?? null)}::text[],
      ${column(({ applied }) => (applied === null ? null : String(applied)))}::text[],
      ${column(({ state }) => state.answeredRestore)}::text[],
      ${column(({ answeredNow }) => (answeredNow ? 'now' : null))}::text[],
      ${column(({ state }) => state.conflict?.verdict ?? null)}::text[],
      ${column(({ state }) => state.conflict?.info ?? null)}::text[],
      ${column(({ state }) => state.conflict?.since.toISOString() ?? null)}::text[])
      AS r(name, revision, t, v, h, a, ar, now, cv, ci, cs)
    WHERE ${isAsRead}`);
  if (count !== reports.length) throw new RowsChanged();
}

/** A position that was rendered, and the wanted generation that it was made of. */
export type RenderedPosition = {
  readonly row: PositionRow;
  readonly server: ServerPosition;
  readonly renderedGeneration: number;
};

/** Moves devices to newly rendered positions. @throws RowsChanged if one of them is not as it was read */
export async function saveRenderedPositions(tx: Executor, rendered: readonly RenderedPosition[]): Promise<void> {
  if (rendered.length === 0) return;
  const column = (valueOf: (position: RenderedPosition) => string | null) => sql.param(rendered.map(valueOf));
  const { count } = await tx.execute(sql`${prepared}
    UPDATE device_positions AS p
    SET timeline = r.t::uuid, version = r.v::bigint, spec_hash = r.h, lineage = r.l::jsonb, rendered_generation = r.g::bigint
    FROM unnest(
      ${column(({ row }) => row.name)}::text[], ${column(({ row }) => row.revision)}::text[],
      ${column(({ server }) => server.timeline)}::text[], ${column(({ server }) => String(server.version))}::text[],
      ${column(({ server }) => server.specHash)}::text[], ${column(({ server }) => JSON.stringify(server.lineage))}::text[],
      ${column(({ renderedGeneration }) => String(renderedGeneration))}::text[])
      AS r(name, revision, t, v, h, l, g)
    WHERE ${isAsRead}`);
  if (count !== rendered.length) throw new RowsChanged();
}

/** Notes when devices spoke, and nothing else. Rows are changed in the order given. */
export async function touchDevices(
  tx: Executor,
  seen: ReadonlyArray<readonly [name: string, at: Date]>,
): Promise<void> {
  if (seen.length === 0) return;
  await tx.execute(sql`${prepared}
    UPDATE device_positions AS p SET last_seen = r.at::timestamptz
    FROM unnest(${sql.param(seen.map(([name]) => name))}::text[], ${sql.param(seen.map(([, at]) => at.toISOString()))}::text[])
      AS r(name, at)
    WHERE p.name = r.name`);
}
