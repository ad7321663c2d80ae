import { sql, type SQL } from 'drizzle-orm';
import type { JsonObject } from '../domain/json.ts';
import type { RenderInput } from '../domain/rendering/render-input.ts';
import type { Executor } from './client.ts';
import { isOpen } from './gate-sql.ts';
import { prepared } from './driver/prepared-statements.ts';

/** Input of a render for one device, read at one moment. */
export type WantedRender = RenderInput & {
  /** The wanted generation that this is. */
  readonly wantedGeneration: number;
  /** The one that the last render, or the last failed try, was made of. */
  readonly renderedGeneration: number;
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
  const rows = await db.execute<{
    name: string;
    labels: Record<string, string>;
    os_mode: string | null;
    spec: JsonObject;
    literal: boolean;
    problem: string | null;
    wanted: number;
    rendered: number;
  }>(sql`${prepared}
    SELECT p.name, d.labels, s.status #>> '{capabilities,osMode}' AS os_mode, d.spec, d.spec_adopted AS literal, d.spec_problem AS problem,
      p.wanted_generation::float8 AS wanted, p.rendered_generation::float8 AS rendered
    FROM device_positions p JOIN devices d ON d.name = p.name LEFT JOIN device_statuses s ON s.name = p.name
    WHERE ${where}`);
  return rows.map(({ name, labels, os_mode: osMode, spec, literal, problem, wanted, rendered }) => ({
    name,
    labels,
    osMode,
    source: spec,
    literal,
    wantedGeneration: wanted,
    renderedGeneration: rendered,
    specProblem: problem,
  }));
}

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
