import { sql, type SQL } from 'drizzle-orm';

// The gate of a row of device_positions AS p: what domain/recovery/gate.ts says of one device, for statements over many.

export const isAwaited = (restore: string): SQL => sql`(p.mustered AND p.answered_restore_id <> ${restore}::uuid)`;

export const isPaused = (restore: string): SQL =>
  sql`(p.conflict_verdict IS NOT NULL AND p.mustered AND p.answered_restore_id = ${restore}::uuid)`;

export const isOpen = (restore: string): SQL =>
  sql`(NOT p.mustered OR (p.answered_restore_id = ${restore}::uuid AND p.conflict_verdict IS NULL))`;
