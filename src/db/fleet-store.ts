import { and, asc, eq, gt, isNotNull, isNull, lt, sql, type SQL } from 'drizzle-orm';
import type { Origin } from '../domain/event.ts';
import type { FleetRecord } from '../domain/fleets/fleet-record.ts';
import type { FleetRule } from '../domain/fleets/ownership.ts';
import { fleetSelector } from '../domain/selectors/fleet-selector.ts';
import type { ListSelectors } from '../domain/selectors/list-selectors.ts';
import { fleetFields } from '../domain/selectors/resource-fields.ts';
import type { Executor } from './client.ts';
import { fleets } from './schema.ts';
import { selectorsToSql, type FieldColumns } from './selector-sql.ts';

const columns = {
  name: fleets.name,
  labels: fleets.labels,
  annotations: fleets.annotations,
  spec: fleets.spec,
  generation: fleets.generation,
  resourceVersion: fleets.resourceVersion,
  rolledOutGeneration: fleets.rolledOutGeneration,
  createdAt: fleets.createdAt,
  deletingSince: fleets.deletingSince,
} as const;

/** The labels of a fleet, and the fields by which fleets can be selected, as SQL. A fleet has no owner here. */
const fleetLabels: SQL = sql`${fleets.labels}`;
const fleetColumns: FieldColumns<typeof fleetFields> = {
  'metadata.name': sql`${fleets.name}`,
  'metadata.owner': sql`NULL`,
  'metadata.creationTimestamp': sql`${fleets.createdAt}`,
  'spec.template.spec.os.image': sql`(${fleets.spec} #>> '{template,spec,os,image}')`,
};

/** Fleets that satisfy both selectors, as a condition over the table of fleets. */
export function fleetSelection(selectors: ListSelectors): SQL {
  return selectorsToSql(selectors, { labels: fleetLabels, columns: fleetColumns, fields: fleetFields });
}

/** One fleet; undefined if there is none of that name. */
export async function findFleet(db: Executor, name: string): Promise<FleetRecord | undefined> {
  const [row] = await db.select(columns).from(fleets).where(eq(fleets.name, name));
  return row;
}

/** A page of fleets in name order. */
export async function listFleets(
  db: Executor,
  { where, after, limit }: { where: SQL; after: string | undefined; limit: number },
): Promise<FleetRecord[]> {
  const from = after === undefined ? undefined : gt(fleets.name, after);
  return await db.select(columns).from(fleets).where(and(where, from)).orderBy(asc(fleets.name)).limit(limit);
}

/** A fleet's rule, and the generation of the fleet that it is of. */
type CurrentRule = FleetRule & { readonly generation: number };

/**
 * Reads the selectors of all fleets but those that are being deleted: these own nothing anew. The fleets must be held or locked,
 * so that this stays true for the transaction.
 */
export async function listFleetRules(tx: Executor): Promise<CurrentRule[]> {
  const rows = await tx
    .select({ name: fleets.name, generation: fleets.generation, selector: sql<unknown>`${fleets.spec} -> 'selector'` })
    .from(fleets)
    .where(isNull(fleets.deletingSince));
  return rows.map(({ name, generation, selector }) => ({ name, generation, selector: fleetSelector(selector) }));
}

/** Names of fleets whose selector or template has not reached every device, in order. */
export async function listFleetsToRollOut(
  db: Executor,
  { after, limit }: { after: string; limit: number },
): Promise<string[]> {
  const behind = lt(fleets.rolledOutGeneration, fleets.generation);
  const query = db
    .select({ name: fleets.name })
    .from(fleets)
    .where(and(behind, isNull(fleets.deletingSince), gt(fleets.name, after)));
  return (await query.orderBy(asc(fleets.name)).limit(limit)).map(({ name }) => name);
}

/** Names of fleets that are being deleted, in order. */
export async function listFleetsToDelete(
  db: Executor,
  { after, limit }: { after: string; limit: number },
): Promise<string[]> {
  const query = db
    .select({ name: fleets.name })
    .from(fleets)
    .where(and(isNotNull(fleets.deletingSince), gt(fleets.name, after)));
  return (await query.orderBy(asc(fleets.name)).limit(limit)).map(({ name }) => name);
}

/** Notes that a fleet is to be deleted, and who asked for it. The fleets must be locked. */
export async function markDeleting(tx: Executor, name: string, { by, now }: { by: Origin; now: Date }): Promise<void> {
  const marks = { deletingSince: now, deletingBy: by, resourceVersion: sql`${fleets.resourceVersion} + 1` };
  await tx
    .update(fleets)
    .set(marks)
    .where(and(eq(fleets.name, name), isNull(fleets.deletingSince)));
}

/** @returns false if there is a fleet of that name, which is left as it is */
export async function insertFleet(tx: Executor, fleet: FleetRecord): Promise<boolean> {
  const { labels, annotations, ...rest } = fleet;
  const row = { ...rest, labels: { ...labels }, annotations: { ...annotations } };
  const inserted = await tx.insert(fleets).values(row).onConflictDoNothing().returning({ name: fleets.name });
  return inserted.length > 0;
}

/** Stores a changed fleet. The fleets must be locked. */
export async function saveFleet(tx: Executor, fleet: FleetRecord): Promise<void> {
  const { name, labels, annotations, spec, generation, resourceVersion, rolledOutGeneration } = fleet;
  const row = { labels: { ...labels }, annotations: { ...annotations }, spec, generation, resourceVersion };
  await tx
    .update(fleets)
    .set({ ...row, rolledOutGeneration })
    .where(eq(fleets.name, name));
}

/**
 * Notes that a generation of a fleet has reached every device.
 *
 * @returns false if that was noted before, or the fleet has changed or gone since
 */
export async function markRolledOut(tx: Executor, name: string, generation: number): Promise<boolean> {
  const still = and(
    eq(fleets.name, name),
    eq(fleets.generation, generation),
    lt(fleets.rolledOutGeneration, generation),
  );
  const marked = await tx
    .update(fleets)
    .set({ rolledOutGeneration: generation })
    .where(still)
    .returning({ name: fleets.name });
  return marked.length > 0;
}

/**
 * Removes a fleet. The fleets must be locked, and no device may have it as its owner.
 *
 * @returns the originator of its deletion, where that was noted before
 */
export async function removeFleet(tx: Executor, name: string): Promise<Origin | undefined> {
  const [removed] = await tx.delete(fleets).where(eq(fleets.name, name)).returning({ by: fleets.deletingBy });
  return removed?.by ?? undefined;
}
