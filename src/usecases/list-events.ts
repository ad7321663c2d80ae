import type { Database } from '../db/client.ts';
import { eventColumns, listEvents as listRecords } from '../db/event-store.ts';
import { fieldSelectorToSql } from '../db/selector-sql.ts';
import { eventDocument } from '../domain/event-document.ts';
import { cutPage, type Page } from '../domain/page.ts';
import type { Event } from '../domain/resources/event.ts';
import { parseFieldSelector } from '../domain/selectors/field-selector.ts';
import { eventFields } from '../domain/selectors/resource-fields.ts';

/**
 * A page of events, newest first unless asked otherwise. There may be very many, so nobody counts what is left.
 *
 * @throws MusterError 400 for a selector that does not parse
 */
export async function listEvents(
  { database }: { database: Database },
  { fieldSelector = '', order = 'desc' }: { fieldSelector?: string | undefined; order?: 'asc' | 'desc' | undefined },
  { limit, after }: { limit: number; after: number | undefined },
): Promise<Page<Event, number>> {
  const where = fieldSelectorToSql(parseFieldSelector(fieldSelector, eventFields), eventColumns, eventFields);
  const found = await listRecords(database.pool, { where, order, after, limit: limit + 1 });
  const { shown, next } = cutPage(found, limit, ({ id }) => id);
  return { items: shown.map(eventDocument), next, remaining: undefined };
}
