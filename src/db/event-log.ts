import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { NewEvent } from '../domain/event.ts';
import { maskRecord } from '../domain/secrets/masked-document.ts';
import { maskedKeys } from '../domain/secrets/masked-keys.ts';
import type { Executor } from './client.ts';
import { prepared } from './driver/prepared-statements.ts';
import { jsonTexts } from './json-texts.ts';

/** Details hold what Muster itself puts there, under names of its own: the usual words are those that could slip in. */
const isMasked = maskedKeys();

/** Appends events, in the transaction of what they tell of. */
export async function appendEvents(
  tx: Executor,
  events: readonly NewEvent[],
  { restore, now }: { restore: string; now: Date },
): Promise<void> {
  if (events.length === 0) return;
  const column = (valueOf: (event: NewEvent) => string) => sql.param(events.map(valueOf));
  await tx.execute(sql`${prepared}
    INSERT INTO events (name, at, type, reason, involved_kind, involved_name, message, details, actor, component, restore,
      client_address, request_id)
    SELECT r.id::uuid, ${now.toISOString()}::timestamptz, r.type, r.reason, r.kind, r.name, r.message,
      nullif(r.details, '')::json, r.actor, 'muster', ${restore}::uuid, nullif(r.client, ''), nullif(r.request, '')
    FROM unnest(
      ${column(() => randomUUID())}::text[], ${column((event) => event.type)}::text[],
      ${column((event) => event.reason)}::text[], ${column((event) => event.involved.kind)}::text[],
      ${column((event) => event.involved.name)}::text[], ${column((event) => event.message)}::text[],
      ${jsonTexts(events.map(detailsText))}, ${column(({ by }) => by.actor)}::text[],
      ${column(({ by }) => by.from ?? '')}::text[], ${column(({ by }) => by.requestId ?? '')}::text[])
      AS r(id, type, reason, kind, name, message, details, actor, client, request)`);
}

/** Masks the details of an event. Every report passes through here, so what cannot hold a secret is not searched for one. */
function detailsText({ details, detailsAreOwn }: NewEvent): string {
  if (details === undefined) return '';
  return JSON.stringify(detailsAreOwn === true ? details : maskRecord(details, isMasked));
}
