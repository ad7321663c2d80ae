import { sql } from 'drizzle-orm';
import type { NewEvent } from '../domain/event.ts';
import type { Executor } from './client.ts';

/** Appends events, in the transaction of what they tell of. */
export async function appendEvents(
  tx: Executor,
  events: readonly NewEvent[],
  { restore, now }: { restore: string; now: Date },
): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map((event) => ({
    type: event.type,
    reason: event.reason,
    kind: event.involved.kind,
    name: event.involved.name,
    message: event.message,
    details: event.details ?? null,
    actor: event.actor,
  }));
  await tx.execute(sql`
    INSERT INTO events (name, at, type, reason, involved_kind, involved_name, message, details, actor, component, restore)
    SELECT gen_random_uuid(), ${now.toISOString()}, r.type, r.reason, r.kind, r.name, r.message, r.details, r.actor, 'muster', ${restore}
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS r(type text, reason text, kind text, name text, message text, details jsonb, actor text)`);
}

/** How many devices were found ahead in normal operation, since a time, while a restore was the current one. */
export async function countAheadDevices(
  db: Executor,
  { restore, since }: { restore: string; since: Date },
): Promise<number> {
  const [row] = await db.execute<{ count: string }>(sql`
    SELECT count(DISTINCT details ->> 'device') AS count FROM events
    WHERE restore = ${restore}::uuid AND reason = 'DeviceAheadWithoutRestore' AND at >= ${since.toISOString()}::timestamptz`);
  return Number(row?.count ?? 0);
}
