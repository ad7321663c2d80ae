import { sql } from 'drizzle-orm';
import type { Executor } from './client.ts';
import { isOpen } from './gate-sql.ts';

/** What is counted and timed of the whole service, whichever instance asks. */
export type ServiceFigures = {
  /** Devices that take part in restores. */
  readonly total: number;
  readonly awaiting: number;
  readonly conflictPaused: number;
  /** The current restore; null before the first. */
  readonly restore: { readonly declaredAt: Date; readonly declaredBy: string } | null;
  /** Since when a device waits to be rendered that may be; null if there is none. */
  readonly oldestWanted: Date | null;
};

/**
 * Reads them from counters that are kept, and from the index of the devices that want rendering: what this costs depends
 * on those, not on how many devices there are.
 */
export async function readServiceFigures(db: Executor): Promise<ServiceFigures> {
  const [row] = await db.execute<{
    id: string;
    total: string;
    awaiting: string;
    paused: string;
    genesis: boolean;
    declared_at: string;
    declared_by: string;
  }>(sql`
    SELECT r.id, r.total, r.awaiting, r.conflict_paused AS paused, r.genesis, r.declared_at, r.declared_by
    FROM service_state s JOIN restores r ON r.id = s.current_restore`);
  if (row === undefined) throw new Error('the database has no current restore');
  const [wanted] = await db.execute<{ since: string | null }>(sql`
    SELECT min(greatest(p.wanted_since, p.answered_at)) AS since FROM device_positions AS p
    WHERE p.rendered_generation < p.wanted_generation AND ${isOpen(row.id)}`);
  const since = wanted?.since ?? null;
  return {
    total: Number(row.total),
    awaiting: Number(row.awaiting),
    conflictPaused: Number(row.paused),
    restore: row.genesis ? null : { declaredAt: new Date(row.declared_at), declaredBy: row.declared_by },
    oldestWanted: since === null ? null : new Date(since),
  };
}
