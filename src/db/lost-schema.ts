import { bigint, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import type { DocumentKind } from '../domain/journal-facts/facts.ts';
import type { JsonObject } from '../domain/json.ts';
import { instant, orderedText } from './column-types.ts';

/**
 * Positions that were rendered for devices and that the database did not know when a restore was declared: from the journal. They do
 * not change after that. Names are in byte order, and devices need not exist.
 */
export const lostPositions = pgTable(
  'lost_positions',
  {
    restore: uuid('restore').notNull(),
    name: orderedText('name').notNull(),
    version: bigint('version', { mode: 'number' }).notNull(),
    timeline: uuid('timeline').notNull(),
    hash: text('hash').notNull(),
    renderedAt: instant('rendered_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.restore, table.name, table.version, table.timeline] })],
);

/** Lost edits: the last document that people wrote of a resource, if the database did not have that document when a restore was declared. */
export const lostDocuments = pgTable(
  'lost_documents',
  {
    restore: uuid('restore').notNull(),
    kind: text('kind').$type<DocumentKind>().notNull(),
    name: orderedText('name').notNull(),
    /** Null where the resource was deleted. */
    document: jsonb('document').$type<JsonObject>(),
    by: text('by').notNull(),
    at: instant('at').notNull(),
    createdAt: instant('created_at').notNull(),
    resourceVersion: bigint('resource_version', { mode: 'number' }).notNull(),
    /** Time at which a person put it back; null while nobody has. */
    replayedAt: instant('replayed_at'),
    replayedBy: text('replayed_by'),
  },
  (table) => [primaryKey({ columns: [table.restore, table.kind, table.name] })],
);
