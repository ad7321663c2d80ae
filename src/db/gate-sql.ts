import { sql, type SQL } from 'drizzle-orm';

// The gate of a row of device_positions AS p: what domain/recovery/gate.ts says of one device, for statements over many.

export const isAwaited = (restore: string): SQL => sql`(p.mustered AND p.answered_restore_id <> ${restore}::uuid)`;

export const isPaused = (restore: string): SQL =>
  sql`(p.conflict_verdict IS NOT NULL AND p.mustered AND p.answered_restore_id = ${restore}::uuid)`;

export const isOpen = (restore: string): SQL =>
  sql`(NOT p.mustered OR (p.answered_restore_id = ${restore}::uuid AND p.conflict_verdict IS NULL))`;

/** Adds an ancestor to a lineage, or raises the version at which it was left. */
const withAncestor = (lineage: SQL, timeline: SQL, version: SQL): SQL =>
  sql`(${lineage} || jsonb_build_object(${timeline}::text, greatest(${version}, (${lineage} ->> (${timeline}::text))::bigint)))`;

/**
 * The lineage and version of a row of device_positions AS p after its reported position has been joined to its history:
 * what `graft` in domain/recovery/position.ts says of one device. The timeline becomes the current one, the hash unknown.
 */
export function graftedPosition(restore: string): { lineage: SQL; version: SQL } {
  const current = sql`${restore}::uuid`;
  const entered = sql`(CASE WHEN p.timeline = ${current} THEN p.lineage ELSE ${withAncestor(sql`p.lineage`, sql`p.timeline`, sql`p.version`)} END)`;
  const stated = sql`coalesce(p.reported_timeline, p.timeline)`;
  return {
    lineage: sql`(CASE WHEN ${stated} = ${current} THEN ${entered} ELSE ${withAncestor(entered, stated, sql`p.reported_version`)} END)`,
    version: sql`greatest(p.version, p.reported_version)`,
  };
}
