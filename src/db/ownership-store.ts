import { sql, type SQL } from 'drizzle-orm';
import { ownerNamed, type FleetRule, type Ownership } from '../domain/ownership.ts';
import type { Executor } from './client.ts';
import { labelSelectorToSql } from './selector-sql.ts';

/** A device as far as it matters for who owns it. */
export type OwnedDevice = Ownership & { readonly name: string; readonly labels: Readonly<Record<string, string>> };

const belongsTo = (fleet: string): SQL => sql`(d.owner = ${ownerNamed(fleet)} OR d.matching_fleets ? ${fleet}::text)`;

/** Names, in order, of devices that a fleet owns or is one of several to match. */
export async function listDevicesOfFleet(
  db: Executor,
  fleet: string,
  { after, limit }: { after: string; limit: number },
): Promise<string[]> {
  return await names(db, belongsTo(fleet), { after, limit });
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

/** Who owns devices. The positions must be locked, so that this stays true for the transaction. */
export async function readOwnership(tx: Executor, devices: readonly string[]): Promise<OwnedDevice[]> {
  const rows = await tx.execute<{
    name: string;
    labels: Record<string, string>;
    owner: string | null;
    matching_fleets: string[] | null;
  }>(sql`
    SELECT name, labels, owner, matching_fleets FROM devices WHERE name = ANY(${sql.param(devices)}::text[]) ORDER BY name`);
  return rows.map(({ name, labels, owner, matching_fleets: matchingFleets }) => ({
    name,
    labels,
    owner,
    matchingFleets,
  }));
}

/**
 * Gives devices the owners they are given. A spec that was adopted under another owner is adopted no longer. The
 * positions must be locked.
 */
export async function saveOwnership(tx: Executor, devices: ReadonlyArray<Ownership & { name: string }>): Promise<void> {
  if (devices.length === 0) return;
  const rows = devices.map(({ name, owner, matchingFleets }) => ({ name, owner, fleets: matchingFleets }));
  await tx.execute(sql`
    UPDATE devices AS d SET owner = r.owner, matching_fleets = nullif(r.fleets, 'null'::jsonb),
      spec_adopted = d.spec_adopted AND d.owner IS NOT DISTINCT FROM r.owner, resource_version = d.resource_version + 1
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(name text, owner text, fleets jsonb)
    WHERE d.name = r.name`);
}

/** Ends what people decided against a fleet's template: it is another one now. The fleets must be locked. */
export async function endAdoption(tx: Executor, fleet: string): Promise<void> {
  await tx.execute(sql`
    UPDATE devices SET spec_adopted = false, resource_version = resource_version + 1
    WHERE owner = ${ownerNamed(fleet)} AND spec_adopted`);
}
