import { bigint, boolean, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { instant } from './column-types.ts';

/**
 * Work at intervals that one instance does at a time: it holds the chore for a while, and for longer at each step. One that
 * was killed holds it no longer than that.
 */
export const chores = pgTable('chores', {
  name: text('name').primaryKey(),
  heldBy: uuid('held_by'),
  heldUntil: instant('held_until'),
  /** Time at which the chore was last finished. */
  endedAt: instant('ended_at'),
});

/** Numbers of devices by their states, as they were last counted: for fleets that are too large to be counted at each request. */
export const deviceCounts = pgTable(
  'device_counts',
  {
    /** `Fleet/<name>`, or empty. */
    owner: text('owner').notNull(),
    summary: text('summary').notNull(),
    updated: text('updated').notNull(),
    applications: text('applications').notNull(),
    osMode: text('os_mode').notNull(),
    devices: bigint('devices', { mode: 'number' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.owner, table.summary, table.updated, table.applications, table.osMode] })],
);

/** One row: the time and the restore of those counts. */
export const deviceCounting = pgTable('device_counting', {
  id: boolean('id').primaryKey().default(true),
  restore: uuid('restore').notNull(),
  /** Time at which the counting began. */
  countedAt: instant('counted_at').notNull(),
});
