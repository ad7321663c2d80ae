import { sql, type SQL } from 'drizzle-orm';
import type { JsonObject } from '../domain/json.ts';
import type { RenderInput } from '../domain/rendering/render-input.ts';
import type { Executor } from './client.ts';
import { isOpen } from './gate-sql.ts';
import { prepared } from './driver/prepared-statements.ts';
import { positionColumns, toPositionRow, type PositionColumns, type PositionRow } from './position-store.ts';

/** Input of a render for one device, read at one moment. */
export type WantedRender = RenderInput & {
  /** The device's position as it was then, with the wanted generation that this is the input of. */
  readonly row: PositionRow;
  /** The highest version that was rendered for the device before the restore and is not in the database; 0 where there is none. */
  readonly highestLost: number;
  /** Why the last render failed, if it did. */
  readonly specProblem: string | null;
};

/** Devices that need rendering and may be rendered: of the names given, or from `after` on, in name order. */
export async function readRenderInputs(
  db: Executor,
  restore: string,
  pick: { names: readonly string[] } | { after: string; limit: number },
): Promise<WantedRender[]> {
  const which = 'names' in pick ? sql`p.name = ANY(${sql.param(pick.names)}::text[])` : sql`p.name > ${pick.after}`;
  const limit = 'names' in pick ? sql`` : sql`LIMIT ${pick.limit}`;
  return await selectInputs(
    db,
    sql`${which} AND p.rendered_generation < p.wanted_generation AND ${isOpen(restore)} ORDER BY p.name ${limit}`,
  );
}

/** Reads the input of a render for a device, whatever its gate; undefined if there is no such device. */
export async function findRenderInput(db: Executor, name: string): Promise<WantedRender | undefined> {
  const [input] = await selectInputs(db, sql`p.name = ${name}`);
  return input;
}

async function selectInputs(db: Executor, where: SQL): Promise<WantedRender[]> {
  const rows = await db.execute<InputColumns>(sql`${prepared}
    SELECT ${positionColumns}, ${highestLost} AS highest_lost, d.labels, s.status #>> '{capabilities,osMode}' AS os_mode, d.spec, d.spec_adopted AS literal,
      d.spec_problem AS problem
    FROM device_positions p JOIN devices d ON d.name = p.name LEFT JOIN device_statuses s ON s.name = p.name
    WHERE ${where}`);
  return rows.map((row) => ({
    name: row.name,
    labels: row.labels,
    osMode: row.os_mode,
    source: row.spec,
    literal: row.literal,
    row: toPositionRow(row),
    highestLost: row.highest_lost,
    specProblem: row.problem,
  }));
}

/** The highest version that the journal has for the device, and the database had not, when the current restore was declared. */
const highestLost = sql`coalesce((
  SELECT max(l.version) FROM lost_positions l WHERE l.restore = (SELECT current_restore FROM service_state) AND l.name = p.name), 0)::float8`;

type InputColumns = PositionColumns & {
  readonly highest_lost: number;
  readonly labels: Record<string, string>;
  readonly os_mode: string | null;
  readonly spec: JsonObject;
  readonly literal: boolean;
  readonly problem: string | null;
};

/** Stores specs by their hash. One already there is left alone, unless nothing referred to it: from now on a device does. */
export async function saveRenderedSpecs(
  tx: Executor,
  specs: ReadonlyMap<string, JsonObject>,
  now: Date,
): Promise<void> {
  if (specs.size === 0) return;
  const rows = [...specs].map(([hash, spec]) => ({ hash, spec }));
  await tx.execute(sql`${prepared}
    INSERT INTO rendered_specs (hash, spec, created_at)
    SELECT r.hash, r.spec, ${now.toISOString()}::timestamptz
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(hash text, spec jsonb)
    WHERE NOT EXISTS (SELECT FROM rendered_specs k WHERE k.hash = r.hash AND k.unused_since IS NULL) ORDER BY r.hash
    ON CONFLICT (hash) DO UPDATE SET unused_since = NULL`);
}

/** Those of the hashes that no rendered spec has. */
export async function unknownSpecHashes(db: Executor, hashes: readonly string[]): Promise<Set<string>> {
  if (hashes.length === 0) return new Set();
  const rows = await db.execute<{ hash: string }>(sql`${prepared}
    SELECT h.hash FROM unnest(${sql.param(hashes)}::text[]) AS h(hash)
    WHERE NOT EXISTS (SELECT FROM rendered_specs r WHERE r.hash = h.hash)`);
  return new Set(rows.map(({ hash }) => hash));
}

export type SpecProblem = { readonly name: string; readonly problem: string | null };

/** Notes why specs cannot be rendered, or that they can again. */
export async function saveSpecProblems(tx: Executor, changed: readonly SpecProblem[], now: Date): Promise<void> {
  if (changed.length === 0) return;
  await tx.execute(sql`
    UPDATE devices AS d
    SET spec_problem = r.problem, spec_problem_since = CASE WHEN (d.spec_problem IS NULL) = (r.problem IS NULL)
      THEN d.spec_problem_since ELSE ${now.toISOString()}::timestamptz END
    FROM jsonb_to_recordset(${JSON.stringify(changed)}::jsonb) AS r(name text, problem text)
    WHERE d.name = r.name`);
}
