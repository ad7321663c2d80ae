import { sql, type SQL } from 'drizzle-orm';
import type { Origin } from '../domain/event.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Executor } from './client.ts';
import { runningSpec } from './device-documents.ts';
import { fromDevices } from './device-store.ts';
import { graftedPosition, isPaused } from './gate-sql.ts';

/** Paused devices that an action is for: those that match, at most `limit` of them, in name order. */
export type PausedSelection = { readonly restore: string; readonly where: SQL; readonly limit: number | undefined };

/** A person's decision as it is written down. */
type DecisionRecord = { readonly by: Origin; readonly reason: string | undefined; readonly now: Date };

const matching = ({ restore, where }: PausedSelection): SQL =>
  sql`${fromDevices} WHERE ${isPaused(restore)} AND ${where}`;

const chosen = (selection: PausedSelection): SQL =>
  sql`${matching(selection)} ORDER BY p.name ${selection.limit === undefined ? sql`` : sql`LIMIT ${selection.limit}`}`;

/** Devices of which people are told: how many there are, and the first of them by name. */
export type SomeDevices = { readonly count: number; readonly names: string[] };

/** The devices that a resume would change now, and those among them for which no spec is here. */
export async function previewPaused(
  db: Executor,
  selection: PausedSelection,
  listed: number,
): Promise<SomeDevices & { nothingToSend: SomeDevices }> {
  // Only a limit depends on an order, which takes longer than all the rest.
  const among = selection.limit === undefined ? matching(selection) : chosen(selection);
  const resumed = sql`(SELECT p.name, d.says_nothing ${among}) AS r`;
  const firstNames = async (where: SQL): Promise<string[]> => {
    const rows = await db.execute<{ name: string }>(
      sql`SELECT r.name FROM ${resumed} WHERE ${where} ORDER BY r.name LIMIT ${listed}`,
    );
    return rows.map(({ name }) => name);
  };
  const [[counts], names] = await Promise.all([
    db.execute<{ count: string; nothing: string }>(
      sql`SELECT count(*) AS count, count(*) FILTER (WHERE r.says_nothing) AS nothing FROM ${resumed}`,
    ),
    firstNames(sql`true`),
  ]);
  const nothing = Number(counts?.nothing ?? 0);
  return {
    count: Number(counts?.count ?? 0),
    names,
    nothingToSend: { count: nothing, names: nothing === 0 ? [] : await firstNames(sql`r.says_nothing`) },
  };
}

/** Names as a statement puts them together; no name of a device has a comma. */
function namesIn(text: string | null | undefined): string[] {
  return text?.split(',') ?? [];
}

/** The devices that a decision changed, in name order, and those among them for which no spec is here. */
type Decided = { readonly names: string[]; readonly nothingToSend: string[] };

/**
 * Grafts the reported position of every chosen device onto the server's, which is all that resuming is, and writes one
 * event for each: one statement, so the rows changed, the names answered and the events written are the same set. Rows
 * are locked in name order before they are changed, and looked at again once locked.
 */
export async function resumePaused(tx: Executor, selection: PausedSelection, record: DecisionRecord): Promise<Decided> {
  return await graftPaused(tx, chosen(selection), selection.restore, 'Resumed', record);
}

/**
 * The paused devices among those chosen whose own spec is known, those of them that run nothing, and those whose spec is
 * not known.
 */
export async function listAdoptable(
  tx: Executor,
  selection: PausedSelection,
): Promise<{ withSpec: string[]; nothingToSend: string[]; withoutSpec: string[] }> {
  const rows = await tx.execute<{ name: string; nothing: boolean | null }>(sql`
    SELECT p.name, ${runningSpec} = '{}'::jsonb AS nothing ${chosen(selection)} FOR UPDATE OF p`);
  const namesOf = (which: (nothing: boolean | null) => boolean): string[] =>
    rows.filter(({ nothing }) => which(nothing)).map(({ name }) => name);
  return {
    withSpec: namesOf((nothing) => nothing !== null),
    nothingToSend: namesOf((nothing) => nothing === true),
    withoutSpec: namesOf((nothing) => nothing === null),
  };
}

/**
 * Makes the devices' own specs the ones in force, decided against the template that their fleet has now, and grafts as
 * resuming does. The rows must be locked and the fleets held.
 */
export async function adoptPaused(
  tx: Executor,
  { restore, names }: { restore: string; names: readonly string[] },
  record: DecisionRecord,
): Promise<Decided> {
  const these = sql`FROM device_positions p JOIN devices d ON d.name = p.name WHERE p.name = ANY(${sql.param(names)}::text[]) ORDER BY p.name`;
  await tx.execute(sql`
    UPDATE devices AS d SET spec = ${runningSpec}, spec_adopted = true, rollout_problem = NULL,
      template_generation = (SELECT f.generation FROM fleets f WHERE d.owner = 'Fleet/' || f.name), generation = d.generation + 1,
      resource_version = d.resource_version + 1
    FROM device_positions p WHERE p.name = d.name AND d.name = ANY(${sql.param(names)}::text[])`);
  return await graftPaused(tx, these, restore, 'Adopted', record);
}

async function graftPaused(
  tx: Executor,
  choice: SQL,
  restore: string,
  verb: 'Resumed' | 'Adopted',
  { by, reason, now }: DecisionRecord,
): Promise<Decided> {
  const { lineage, version } = graftedPosition(restore);
  const because = reason === undefined ? '' : `: ${reason}`;
  const told = { detailType: `Muster${verb}`, before: 'ConflictPaused', after: 'Open', reason: reason ?? null };
  // Any number of rows are sorted and held on their way: in memory, not on disk.
  await tx.execute(sql`SET LOCAL work_mem = '64MB'`);
  const [row] = await tx.execute<{ names: string | null; without: string | null }>(sql`
    WITH before AS MATERIALIZED (
      SELECT p.name, p.conflict_verdict AS verdict, p.version AS server_version, p.timeline AS server_timeline,
        p.reported_version, p.reported_timeline, ${lineage} AS lineage, ${version} AS version, d.says_nothing AS without
      ${choice} FOR UPDATE OF p),
    grafted AS (
      UPDATE device_positions AS p SET timeline = ${restore}::uuid, version = b.version, spec_hash = NULL, lineage = b.lineage,
        conflict_verdict = NULL, conflict_info = NULL, conflict_since = NULL, wanted_generation = p.wanted_generation + 1,
        wanted_since = ${now.toISOString()}::timestamptz
      FROM before b WHERE p.name = b.name RETURNING p.name, b.without),
    noted AS (
      INSERT INTO events (name, at, type, reason, involved_kind, involved_name, message, details, actor, component, restore,
        client_address, request_id)
      SELECT gen_random_uuid(), ${now.toISOString()}::timestamptz, 'Normal', ${verb === 'Resumed' ? 'DeviceConflictResolved' : 'DeviceAdopted'},
        'Device', b.name,
        ${verb}::text || ' from version ' || b.reported_version || ' (' || b.verdict || ')' || ${because}::text,
        ${eventDetails(told)}, ${by.actor}, 'muster', ${restore}::uuid, ${by.from ?? null}::text, ${by.requestId ?? null}::text
      FROM before b JOIN grafted USING (name) ORDER BY b.name)
    SELECT string_agg(name, ',' ORDER BY name) AS names, string_agg(name, ',' ORDER BY name) FILTER (WHERE without) AS without
    FROM grafted`);
  return { names: namesIn(row?.names), nothingToSend: namesIn(row?.without) };
}

/**
 * The details of an event of a row of `before`: what is told of all of them, and where device and server were. Put together
 * as text, for functions that build JSON take as long as the rest of the event; what is inserted are words, numbers and UUIDs.
 */
function eventDetails(told: JsonObject): SQL {
  const opening = JSON.stringify(told).slice(0, -1);
  return sql`(${opening}::text || ',"verdict":"' || b.verdict
    || '","device":{"timeline":' || coalesce('"' || b.reported_timeline || '"', 'null') || ',"version":' || b.reported_version
    || '},"server":{"timeline":"' || b.server_timeline || '","version":' || b.server_version || '}}')::json`;
}
