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
