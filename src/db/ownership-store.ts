import { sql, type SQL } from 'drizzle-orm';
import { ownerNamed, type FleetRule, type Ownership } from '../domain/fleets/ownership.ts';
import type { TemplateReader, TemplateTarget } from '../domain/fleets/template-rollout.ts';
import type { Executor } from './client.ts';
import { labelSelectorToSql } from './selector-sql.ts';

/** A device as far as it matters for who owns it, and for the template that it gets from there. */
type OwnedDevice = Ownership & Omit<TemplateTarget, 'mustered'> & TemplateReader;

const belongsTo = (fleet: string): SQL => sql`(d.owner = ${ownerNamed(fleet)} OR d.matching_fleets ? ${fleet}::text)`;

/**
 * Names, in order, of devices that a fleet owns or is one of several to match. Read from two indexes: what it costs does not
 * depend on how many other devices there are.
 */
export async function listDevicesOfFleet(
  db: Executor,
  fleet: string,
  { after, limit }: { after: string; limit: number },
): Promise<string[]> {
  const first = (where: SQL) =>
    sql`(SELECT d.name FROM devices d WHERE ${where} AND d.name > ${after} ORDER BY d.name LIMIT ${limit})`;
  const rows = await db.execute<{ name: string }>(sql`
    SELECT name FROM (${first(sql`d.owner = ${ownerNamed(fleet)}`)}
      UNION ${first(sql`d.matching_fleets IS NOT NULL AND d.matching_fleets ? ${fleet}::text`)}) AS of_fleet
    ORDER BY name LIMIT ${limit}`);
  return rows.map((row) => row.name);
}

/** Names, in order, of devices whose owner a fleet has to do with: those it selects, and those it had to do with before. */
export async function listDevicesNearFleet(
  db: Executor,
  { name, selector }: FleetRule,
  { after, limit }: { after: string; limit: number },
): Promise<string[]> {
  const selected = selector === 'nothing' ? sql`false` : labelSelectorToSql(selector, sql`d.labels`);
  return await names(db, sql`(${belongsTo(name)} OR ${selected})`, { after, limit });
}

async function names(db: Executor, where: SQL, { after, limit }: { after: string; limit: number }): Promise<string[]> {
  const rows = await db.execute<{ name: string }>(sql`
    SELECT d.name FROM devices d WHERE ${where} AND d.name > ${after} ORDER BY d.name LIMIT ${limit}`);
  return rows.map((row) => row.name);
}

/** Reads the owners of devices. The positions must be locked, so that this stays true for the transaction. */
export async function readOwnership(tx: Executor, devices: readonly string[]): Promise<OwnedDevice[]> {
  const rows = await tx.execute<{
    name: string;
    labels: Record<string, string>;
    owner: string | null;
    matching_fleets: string[] | null;
    adopted: boolean;
    generation: number | null;
    problem: string | null;
  }>(sql`
    SELECT name, labels, owner, matching_fleets, spec_adopted AS adopted, template_generation::float8 AS generation,
      rollout_problem AS problem
    FROM devices WHERE name = ANY(${sql.param(devices)}::text[]) ORDER BY name`);
  return rows.map(({ name, labels, owner, matching_fleets: matchingFleets, adopted, generation, problem }) => ({
    name,
    labels,
    owner,
    matchingFleets,
    specAdopted: adopted,
    templateGeneration: generation,
    rolloutProblem: problem,
  }));
}

/**
 * Gives devices the owners they are given. They keep their specs, which are of no template of the new owner. The positions
 * must be locked.
 */
export async function saveOwnership(
  tx: Executor,
  devices: ReadonlyArray<Ownership & { name: string }>,
  now: Date,
): Promise<void> {
  if (devices.length === 0) return;
  const rows = devices.map(({ name, owner, matchingFleets }) => ({ name, owner, fleets: matchingFleets }));
  await tx.execute(sql`
    UPDATE devices AS d SET owner = r.owner, matching_fleets = nullif(r.fleets, 'null'::jsonb),
      matching_fleets_since = CASE WHEN (d.matching_fleets IS NULL) = (nullif(r.fleets, 'null'::jsonb) IS NULL)
        THEN d.matching_fleets_since ELSE ${now.toISOString()}::timestamptz END,
      template_generation = CASE WHEN d.owner = r.owner THEN d.template_generation END, resource_version = d.resource_version + 1
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(name text, owner text, fleets jsonb)
    WHERE d.name = r.name`);
}

/**
 * Ends what people decided against a fleet's template, since it is another one now: the rollout of that replaces the adopted
 * specs. The fleets must be locked.
 */
export async function endAdoption(tx: Executor, fleet: string): Promise<void> {
  await tx.execute(sql`
    UPDATE devices SET template_generation = NULL WHERE owner = ${ownerNamed(fleet)} AND spec_adopted`);
}
