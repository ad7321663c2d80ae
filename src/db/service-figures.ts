import { sql } from 'drizzle-orm';
import type { Executor } from './client.ts';
import { countProblems, type ProblemCounts } from './device-problems.ts';
import { isOpen } from './gate-sql.ts';

/** Counts and times of the whole service, the same for every instance. */
export type ServiceFigures = {
  /** Devices that take part in restores. */
  readonly total: number;
  readonly awaiting: number;
  readonly conflictPaused: number;
  /** The current restore; null before the first. */
  readonly restore: { readonly declaredAt: Date; readonly declaredBy: string } | null;
  /** Since when a device waits to be rendered that may be; null if there is none. */
  readonly oldestWanted: Date | null;
  readonly problems: ProblemCounts;
  readonly certificates: CertificateFigures;
};

/** Certificates of devices that are in service, by when they end. */
type CertificateFigures = {
  readonly expired: number;
  /** Not yet expired, but soon. */
  readonly expiring: number;
  /** The next end of one; null if there is none. */
  readonly next: Date | null;
};

/**
 * Reads them from counters that are kept, and from the index of the devices that want rendering: what this costs depends
 * on those, not on how many devices there are.
 */
export async function readServiceFigures(
  db: Executor,
  span: { readonly now: Date; readonly soon: Date },
): Promise<ServiceFigures> {
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
    problems: await countProblems(db),
    certificates: await readCertificateFigures(db, span),
  };
}

/** Both statements read the index of the ends, no further than what ends soon. */
async function readCertificateFigures(
  db: Executor,
  { now, soon }: { readonly now: Date; readonly soon: Date },
): Promise<CertificateFigures> {
  const inService = sql`(lifecycle IS NULL OR lifecycle NOT IN ('Decommissioning', 'Decommissioned'))`;
  const [row] = await db.execute<{ expired: string; expiring: string }>(sql`
    SELECT count(*) FILTER (WHERE certificate_expires_at <= ${now.toISOString()}::timestamptz) AS expired,
      count(*) FILTER (WHERE certificate_expires_at > ${now.toISOString()}::timestamptz) AS expiring
    FROM devices WHERE certificate_expires_at < ${soon.toISOString()}::timestamptz AND ${inService}`);
  const [next] = await db.execute<{ at: string }>(sql`
    SELECT certificate_expires_at AS at FROM devices
    WHERE certificate_expires_at > ${now.toISOString()}::timestamptz AND ${inService}
    ORDER BY certificate_expires_at LIMIT 1`);
  return {
    expired: Number(row?.expired ?? 0),
    expiring: Number(row?.expiring ?? 0),
    next: next === undefined ? null : new Date(next.at),
  };
}
