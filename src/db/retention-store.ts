import { sql } from 'drizzle-orm';
import type { Executor } from './client.ts';

/** One step of removing: the records removed, and the key to go on after; undefined when there are no more. */
export type RemovalStep<Key> = { readonly removed: number; readonly next: Key | undefined };

/** Records looked at in one step. */
const perStep = 1_000;

/** Events of a device that end a conflict by taking the device away. */
const writingOff = sql`('ResourceDeleted', 'DeviceDecommissioned')`;
const rollouts = sql`('FleetRolloutStarted', 'FleetRolloutCompleted', 'FleetRolloutFailed')`;

/**
 * Condition that an event `e` is still needed, however old: by the report of a restore that is kept (the restore itself, its conflicts
 * and what ended each), by the judgement of devices ahead (decisions in the current restore), or by a fleet that shows the time
 * of its last rollout.
 */
const isNeeded = sql`CASE
  WHEN e.involved_kind = 'Restore' OR e.reason IN ('DeviceConflictPaused', 'DeviceConflictResolved', 'DeviceAdopted')
    OR (e.reason IN ${writingOff} AND e.involved_kind = 'Device' AND EXISTS (
      SELECT FROM events c WHERE c.involved_kind = 'Device' AND c.involved_name = e.involved_name AND c.restore = e.restore
        AND c.reason = 'DeviceConflictPaused'))
  THEN EXISTS (SELECT FROM restores r WHERE r.id = e.restore AND (NOT r.genesis OR r.superseded_at IS NULL))
  WHEN e.involved_kind = 'Fleet' AND e.reason IN ${rollouts}
  THEN EXISTS (SELECT FROM fleets f WHERE f.name = e.involved_name) AND NOT EXISTS (
    SELECT FROM events l WHERE l.involved_kind = 'Fleet' AND l.involved_name = e.involved_name AND l.id > e.id AND l.reason IN ${rollouts})
  ELSE false END`;

/** Removes events from before a time that nothing needs, in the order they were written. Looks no further than the first younger one. */
export async function removeEvents(
  tx: Executor,
  { before, after }: { before: Date; after: number },
): Promise<RemovalStep<number>> {
  const cutoff = sql`${before.toISOString()}::timestamptz`;
  const [row] = await tx.execute<{ last: number | null; seen: number; younger: boolean | null; removed: number }>(sql`
    WITH page AS MATERIALIZED (
      SELECT id, at, reason, involved_kind, involved_name, restore FROM events WHERE id > ${after} ORDER BY id LIMIT ${perStep}),
    gone AS (
      DELETE FROM events USING page AS e WHERE events.id = e.id AND e.at < ${cutoff} AND NOT (${isNeeded}) RETURNING events.id)
    SELECT max(id)::float8 AS last, count(*)::int AS seen, bool_or(at >= ${cutoff}) AS younger,
      (SELECT count(*)::int FROM gone) AS removed FROM page`);
  const { last, seen, younger, removed } = row ?? { last: null, seen: 0, younger: false, removed: 0 };
  return { removed, next: younger === true || seen < perStep ? undefined : (last ?? undefined) };
}

/** Removes restores that were superseded before a time, oldest first. The first timeline of the database stays. */
export async function removeRestores(tx: Executor, { before }: { before: Date }): Promise<RemovalStep<number>> {
  const limit = 100;
  const { count } = await tx.execute(sql`
    DELETE FROM restores WHERE id IN (
      SELECT id FROM restores WHERE superseded_at < ${before.toISOString()}::timestamptz AND NOT genesis
        AND id <> (SELECT current_restore FROM service_state)
      ORDER BY sequence LIMIT ${limit})`);
  return { removed: count, next: count < limit ? undefined : 0 };
}

/** Condition that the current restore is over: no device is awaited or paused, or none was ever declared. */
export const isSettled = sql`EXISTS (
  SELECT FROM restores r JOIN service_state s ON s.current_restore = r.id
  WHERE r.genesis AND r.conflict_paused = 0 OR NOT r.genesis AND r.settled_at IS NOT NULL)`;

/** Removes devices from the list of unknown ones that were last heard of before a time, unless a restore that goes on is theirs. */
export async function removeUnknownDevices(tx: Executor, { before }: { before: Date }): Promise<RemovalStep<number>> {
  const { count } = await tx.execute(sql`
    DELETE FROM unknown_devices WHERE name IN (
      SELECT name FROM unknown_devices WHERE last_seen < ${before.toISOString()}::timestamptz
        AND (restore <> (SELECT current_restore FROM service_state) OR ${isSettled})
      ORDER BY name LIMIT ${perStep} FOR UPDATE SKIP LOCKED)`);
  return { removed: count, next: count < perStep ? undefined : 0 };
}
