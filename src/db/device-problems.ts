import { sql, type SQL } from 'drizzle-orm';
import { namedProblems, type FleetProblems } from '../domain/fleets/fleet-problems.ts';
import { fleetNamed, ownerNamed } from '../domain/fleets/ownership.ts';
import type { Executor } from './client.ts';

// All of it is answered by the index of the devices that have problems, so it costs nothing where there are none.
const hasProblem = sql`(d.spec_problem IS NOT NULL OR d.rollout_problem IS NOT NULL)`;

/** Characters of one device's reason that are told where many are. */
const maxReason = 200;

/** The devices of each fleet that cannot be given its template, by the name of the fleet. */
export async function readFleetProblems(db: Executor, fleets: readonly string[]): Promise<Map<string, FleetProblems>> {
  return await problemsOf(db, fleets, hasProblem);
}

/** The devices of a fleet for which its template cannot be filled in; undefined if there is none. */
export async function readRolloutProblems(db: Executor, fleet: string): Promise<FleetProblems | undefined> {
  return (await problemsOf(db, [fleet], sql`(d.rollout_problem IS NOT NULL AND ${hasProblem})`)).get(fleet);
}

async function problemsOf(db: Executor, fleets: readonly string[], where: SQL): Promise<Map<string, FleetProblems>> {
  if (fleets.length === 0) return new Map();
  const rows = await db.execute<{
    owner: string;
    count: string;
    since: string | null;
    first: { name: string; problem: string }[];
  }>(sql`
    SELECT o.owner, c.count, c.since, f.first
    FROM unnest(${sql.param(fleets.map(ownerNamed))}::text[]) AS o(owner)
    CROSS JOIN LATERAL (
      SELECT count(*) AS count, min(d.spec_problem_since) AS since FROM devices d WHERE d.owner = o.owner AND ${where}) c
    CROSS JOIN LATERAL (
      SELECT jsonb_agg(jsonb_build_object('name', n.name, 'problem', left(n.problem, ${maxReason})) ORDER BY n.name) AS first
      FROM (
        SELECT d.name, coalesce(d.rollout_problem, d.spec_problem) AS problem FROM devices d
        WHERE d.owner = o.owner AND ${where} ORDER BY d.name LIMIT ${namedProblems}) n) f
    WHERE c.count > 0`);
  return new Map(
    rows.map(({ owner, count, since, first }) => [
      fleetNamed(owner),
      { count: Number(count), first, since: since === null ? null : new Date(since) },
    ]),
  );
}

/** Counts the devices with each kind of problem. */
export type ProblemCounts = { readonly template: number; readonly spec: number };

export async function countProblems(db: Executor): Promise<ProblemCounts> {
  const [row] = await db.execute<{ template: string; spec: string }>(sql`
    SELECT count(d.rollout_problem) AS template, count(d.spec_problem) AS spec FROM devices d WHERE ${hasProblem}`);
  return { template: Number(row?.template ?? 0), spec: Number(row?.spec ?? 0) };
}
