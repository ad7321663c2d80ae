import { and, asc, desc, eq, gt, inArray, lt, max, sql, type SQL } from 'drizzle-orm';
import type { NewEvent } from '../domain/event.ts';
import type { eventFields } from '../domain/selectors/resource-fields.ts';
import type { Executor } from './client.ts';
import { events } from './schema.ts';
import type { FieldColumns } from './selector-sql.ts';

/** An event as it is stored. */
type EventRecord = typeof events.$inferSelect;

/** The fields by which events can be selected, as SQL. */
export const eventColumns: FieldColumns<typeof eventFields> = {
  'metadata.name': sql`${events.name}`,
  'metadata.owner': sql`NULL`,
  'metadata.creationTimestamp': sql`${events.at}`,
  'involvedObject.kind': sql`${events.involvedKind}`,
  'involvedObject.name': sql`${events.involvedName}`,
  reason: sql`${events.reason}`,
  type: sql`${events.type}`,
  actor: sql`${events.actor}`,
};

/** A page of events in the order they were written, oldest or newest first. */
export async function listEvents(
  db: Executor,
  { where, order, after, limit }: { where: SQL; order: 'asc' | 'desc'; after: number | undefined; limit: number },
): Promise<EventRecord[]> {
  const beyond = order === 'asc' ? gt : lt;
  const from = after === undefined ? undefined : beyond(events.id, after);
  const direction = order === 'asc' ? asc : desc;
  return await db.select().from(events).where(and(where, from)).orderBy(direction(events.id)).limit(limit);
}

/** Reads when an event of some reasons last happened to each of some resources; those without one are left out. */
export async function lastEventTimes(
  db: Executor,
  kind: NewEvent['involved']['kind'],
  names: readonly string[],
  reasons: readonly string[],
): Promise<Map<string, Date>> {
  if (names.length === 0) return new Map();
  const rows = await db
    .select({ name: events.involvedName, at: max(events.at) })
    .from(events)
    .where(
      and(
        eq(events.involvedKind, kind),
        inArray(events.involvedName, [...names]),
        inArray(events.reason, [...reasons]),
      ),
    )
    .groupBy(events.involvedName);
  return new Map(rows.flatMap(({ name, at }) => (at === null ? [] : [[name, at]])));
}
