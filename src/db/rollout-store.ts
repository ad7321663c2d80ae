import { sql } from 'drizzle-orm';
import type { JsonObject } from '../domain/json.ts';
import { fleetNamed, ownerNamed } from '../domain/fleets/ownership.ts';
import type { FleetTemplate, TemplateOutcome } from '../domain/fleets/template-rollout.ts';
import type { Executor } from './client.ts';

/**
 * The templates of fleets by the owner that their devices have, but of those that are being deleted: nothing more comes from these.
 * The fleets must be held or locked.
 */
export async function readTemplates(
  tx: Executor,
  owners: Iterable<string | null>,
): Promise<Map<string | null, FleetTemplate>> {
  const names = [...new Set(owners)].flatMap((owner) => (owner === null ? [] : [fleetNamed(owner)]));
  if (names.length === 0) return new Map();
  const rows = await tx.execute<{ name: string; spec: JsonObject | null; generation: number }>(sql`
    SELECT f.name, f.spec #> '{template,spec}' AS spec, f.generation::float8 AS generation
    FROM fleets f WHERE f.name = ANY(${sql.param(names)}::text[]) AND f.deleting_since IS NULL`);
  return new Map(rows.map(({ name, spec, generation }) => [ownerNamed(name), { spec: spec ?? {}, generation }]));
}

/**
 * Writes what became of templates into their devices. A spec that is what the device has already is not written again; one
 * that is the same for many devices is sent once. The positions must be locked.
 *
 * @returns the names of devices that have another spec in force, or one that is no longer the adopted one
 */
export async function saveRollouts(tx: Executor, rollouts: ReadonlyMap<string, TemplateOutcome>): Promise<Set<string>> {
  const specs: JsonObject[] = [];
  const numbers = new Map<JsonObject, number>();
  const numberOf = (spec: JsonObject): number => {
    const known = numbers.get(spec);
    if (known !== undefined) return known;
    numbers.set(spec, specs.length);
    return specs.push(spec) - 1;
  };
  const rows = [...rollouts].flatMap(([name, outcome]): JsonObject[] => {
    switch (outcome.kind) {
      case 'untouched':
        return [];
      case 'own':
        return [{ name, own: true }];
      case 'filled':
        return [{ name, spec: numberOf(outcome.spec), generation: outcome.generation }];
      case 'failed':
        return [{ name, problem: outcome.problem }];
      default:
        return outcome satisfies never;
    }
  });
  if (rows.length === 0) return new Set();
  const changed = await tx.execute<{ name: string; anew: boolean }>(sql`
    WITH specs AS MATERIALIZED (
      SELECT s.spec, s.number - 1 AS number
      FROM jsonb_array_elements(${JSON.stringify(specs)}::jsonb) WITH ORDINALITY AS s(spec, number)),
    changes AS MATERIALIZED (
      SELECT d.name, s.spec, r.generation, r.problem, coalesce(r.own, false) AS own,
        s.spec IS NOT NULL AND (d.spec_adopted OR d.spec <> s.spec) AS anew
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(name text, own boolean, spec int, generation bigint, problem text)
      JOIN devices d ON d.name = r.name LEFT JOIN specs s ON s.number = r.spec
      WHERE d.rollout_problem IS DISTINCT FROM r.problem OR (r.own AND d.template_generation IS NOT NULL)
        OR (s.spec IS NOT NULL AND (d.template_generation IS NULL OR d.spec_adopted OR d.spec <> s.spec)))
    UPDATE devices AS d SET
      spec = coalesce(c.spec, d.spec), spec_adopted = d.spec_adopted AND c.spec IS NULL, rollout_problem = c.problem,
      template_generation = CASE WHEN c.spec IS NOT NULL THEN c.generation WHEN NOT c.own THEN d.template_generation END,
      generation = d.generation + c.anew::int, resource_version = d.resource_version + 1
    FROM changes c WHERE d.name = c.name RETURNING d.name, c.anew`);
  return new Set(changed.filter(({ anew }) => anew).map(({ name }) => name));
}
