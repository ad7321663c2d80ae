import { sql, type SQL } from 'drizzle-orm';
import type { Executor } from './client.ts';
import { runningSpec } from './device-documents.ts';
import { fromDevices } from './device-store.ts';
import { originOf } from './event-origin.ts';
import { isPaused } from './gate-sql.ts';
import { graftedPosition } from './graft-sql.ts';

/** Which paused devices an action is for: those that match, at most `limit` of them, in name order. */
export type PausedSelection = { readonly restore: string; readonly where: SQL; readonly limit: number | undefined };

/** How a person's decision is written down. */
export type DecisionRecord = { readonly actor: string; readonly reason: string | undefined; readonly now: Date };

const chosen = ({ restore, where, limit }: PausedSelection): SQL => sql`
  ${fromDevices} WHERE ${isPaused(restore)} AND ${where} ORDER BY p.name ${limit === undefined ? sql`` : sql`LIMIT ${limit}`}`;

/** The names that a resume would change now. */
export async function listPaused(db: Executor, selection: PausedSelection): Promise<string[]> {
  const rows = await db.execute<{ name: string }>(sql`SELECT p.name ${chosen(selection)}`);
  return rows.map((row) => row.name);
}

/**
 * Grafts the reported position of every chosen device onto the server's, which is all that resuming is, and writes one
 * event for each: one statement, so the rows changed, the names answered and the events written are the same set. Rows
 * are locked in name order before they are changed, and looked at again once locked.
 *
 * @returns the names, in name order
 */
export async function resumePaused(
  tx: Executor,
  selection: PausedSelection,
  record: DecisionRecord,
): Promise<string[]> {
  return await graftPaused(tx, chosen(selection), selection.restore, 'Resumed', record);
}

/** The paused devices among those chosen whose own spec is known, and those of which it is not. */
export async function listAdoptable(
  tx: Executor,
  selection: PausedSelection,
): Promise<{ withSpec: string[]; withoutSpec: string[] }> {
  const rows = await tx.execute<{ name: string; known: boolean }>(sql`
    SELECT p.name, ${runningSpec} IS NOT NULL AS known ${chosen(selection)} FOR UPDATE OF p`);
  return {
    withSpec: rows.filter((row) => row.known).map((row) => row.name),
    withoutSpec: rows.filter((row) => !row.known).map((row) => row.name),
  };
}

/** Makes the devices' own specs the desired ones, and grafts as resuming does. The rows must be locked. */
export async function adoptPaused(
  tx: Executor,
  { restore, names }: { restore: string; names: readonly string[] },
  record: DecisionRecord,
): Promise<string[]> {
  const these = sql`FROM device_positions p WHERE p.name = ANY(${sql.param(names)}::text[]) ORDER BY p.name`;
  await tx.execute(sql`
    UPDATE devices AS d SET spec = ${runningSpec}, spec_adopted = true, generation = d.generation + 1,
      resource_version = d.resource_version + 1
    FROM device_positions p WHERE p.name = d.name AND d.name = ANY(${sql.param(names)}::text[])`);
  return await graftPaused(tx, these, restore, 'Adopted', record);
}

async function graftPaused(
  tx: Executor,
  choice: SQL,
  restore: string,
  verb: 'Resumed' | 'Adopted',
  { actor, reason, now }: DecisionRecord,
): Promise<string[]> {
  const { lineage, version } = graftedPosition(restore);
  const because = reason === undefined ? '' : `: ${reason}`;
  const origin = originOf(actor);
  const rows = await tx.execute<{ name: string }>(sql`
    WITH before AS MATERIALIZED (
      SELECT p.name, p.conflict_verdict AS verdict, p.version AS server_version, p.timeline AS server_timeline,
        p.reported_version, p.reported_timeline, ${lineage} AS lineage, ${version} AS version
      ${choice} FOR UPDATE OF p),
    grafted AS (
      UPDATE device_positions AS p SET timeline = ${restore}::uuid, version = b.version, spec_hash = NULL, lineage = b.lineage,
        conflict_verdict = NULL, conflict_info = NULL, conflict_since = NULL, wanted_generation = p.wanted_generation + 1,
        wanted_since = ${now.toISOString()}::timestamptz
      FROM before b WHERE p.name = b.name RETURNING p.name),
    noted AS (
      INSERT INTO events (name, at, type, reason, involved_kind, involved_name, message, details, actor, component, restore,
        client_address, request_id)
      SELECT gen_random_uuid(), ${now.toISOString()}::timestamptz, 'Normal', ${verb === 'Resumed' ? 'DeviceConflictResolved' : 'DeviceAdopted'},
        'Device', b.name,
        ${verb}::text || ' from version ' || b.reported_version || ' (' || b.verdict || ')' || ${because}::text,
        jsonb_build_object('detailType', ${`Muster${verb}`}::text, 'before', 'ConflictPaused', 'after', 'Open', 'verdict', b.verdict, 'reason', ${reason ?? null}::text,
          'device', jsonb_build_object('timeline', b.reported_timeline, 'version', b.reported_version),
          'server', jsonb_build_object('timeline', b.server_timeline, 'version', b.server_version)),
        ${actor}, 'muster', ${restore}::uuid, ${origin?.from ?? null}::text, ${origin?.requestId ?? null}::text
      FROM before b JOIN grafted USING (name) ORDER BY b.name)
    SELECT name FROM grafted ORDER BY name`);
  return rows.map((row) => row.name);
}
