import { sql, type SQL } from 'drizzle-orm';
import type { JsonObject } from '../domain/json.ts';
import type { ServerPosition } from '../domain/position.ts';
import type { RenderInput } from '../domain/render-input.ts';
import type { Executor } from './client.ts';
import { isOpen } from './gate-sql.ts';

/** What a device is to be rendered from, and the wanted generation that this is. */
export type WantedRender = RenderInput & { readonly wantedGeneration: number };

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

/** What a device would be rendered from now, whatever its gate; undefined if there is no such device. */
export async function findRenderInput(db: Executor, name: string): Promise<WantedRender | undefined> {
  const [input] = await selectInputs(db, sql`p.name = ${name}`);
  return input;
}

async function selectInputs(db: Executor, where: SQL): Promise<WantedRender[]> {
  const rows = await db.execute<{
    name: string;
    labels: Record<string, string>;
    source: JsonObject;
    literal: boolean;
    wanted_generation: string;
  }>(sql`
    SELECT p.name, d.labels, p.wanted_generation, d.spec_adopted AS literal,
      CASE WHEN f.name IS NULL OR d.spec_adopted THEN d.spec
           ELSE (f.spec -> 'template' -> 'spec')
             || CASE WHEN d.spec ? 'decommissioning' THEN jsonb_build_object('decommissioning', d.spec -> 'decommissioning') ELSE '{}'::jsonb END
      END AS source
    FROM device_positions p JOIN devices d ON d.name = p.name
    LEFT JOIN fleets f ON d.owner = 'Fleet/' || f.name
    WHERE ${where}`);
  return rows.map((row) => ({
    name: row.name,
    labels: row.labels,
    source: row.source,
    literal: row.literal,
    wantedGeneration: Number(row.wanted_generation),
  }));
}

/** Stores specs by their hash; those already there are left alone. */
export async function saveRenderedSpecs(
  tx: Executor,
  specs: ReadonlyMap<string, JsonObject>,
  now: Date,
): Promise<void> {
  if (specs.size === 0) return;
  const rows = [...specs].map(([hash, spec]) => ({ hash, spec }));
  await tx.execute(sql`
    INSERT INTO rendered_specs (hash, spec, created_at)
    SELECT r.hash, r.spec, ${now.toISOString()}::timestamptz
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(hash text, spec jsonb) ORDER BY r.hash
    ON CONFLICT (hash) DO NOTHING`);
}

export type Rendered = { readonly name: string; readonly server: ServerPosition; readonly renderedGeneration: number };

/** Moves devices to newly rendered positions. The rows must be locked. */
export async function saveRenderedPositions(tx: Executor, rendered: readonly Rendered[]): Promise<void> {
  if (rendered.length === 0) return;
  const rows = rendered.map(({ name, server, renderedGeneration }) => ({
    name,
    t: server.timeline,
    v: server.version,
    h: server.specHash,
    l: server.lineage,
    g: renderedGeneration,
  }));
  await tx.execute(sql`
    UPDATE device_positions AS p
    SET timeline = r.t, version = r.v, spec_hash = r.h, lineage = r.l, rendered_generation = r.g
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(name text, t uuid, v bigint, h text, l jsonb, g bigint)
    WHERE p.name = r.name`);
}

export type SpecProblem = { readonly name: string; readonly problem: string | null };

/** Notes whether specs could be rendered. @returns the names for which that changed */
export async function saveSpecProblems(
  tx: Executor,
  problems: readonly SpecProblem[],
  now: Date,
): Promise<Set<string>> {
  if (problems.length === 0) return new Set();
  const changed = await tx.execute<{ name: string }>(sql`
    UPDATE devices AS d
    SET spec_problem = r.problem, spec_problem_since = CASE WHEN r.problem IS NULL THEN NULL ELSE ${now.toISOString()}::timestamptz END
    FROM jsonb_to_recordset(${JSON.stringify(problems)}::jsonb) AS r(name text, problem text)
    WHERE d.name = r.name AND d.spec_problem IS DISTINCT FROM r.problem
    RETURNING d.name`);
  return new Set(changed.map((row) => row.name));
}
