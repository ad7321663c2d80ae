import { sql } from 'drizzle-orm';
import type { Context } from '../../src/context.ts';

/** Parts of the database that tests check and the API does not show. */
type DevicePositionRow = {
  mustered: boolean;
  timeline: string;
  version: string;
  wanted_generation: string;
  rendered_generation: string;
  reported_version: string | null;
  answered_restore_id: string;
  conflict_verdict: string | null;
  last_seen: string | null;
};

export async function positionRow({ database }: Context, name: string): Promise<DevicePositionRow | undefined> {
  const [row] = await database.pool.execute<DevicePositionRow>(
    sql`SELECT * FROM device_positions WHERE name = ${name}`,
  );
  return row;
}

type DeviceRow = {
  owner: string | null;
  matching_fleets: string[] | null;
  spec: object;
  spec_adopted: boolean;
  generation: string;
  resource_version: string;
  lifecycle: string | null;
};

export async function deviceRow({ database }: Context, name: string): Promise<DeviceRow | undefined> {
  const [row] = await database.pool.execute<DeviceRow>(sql`SELECT * FROM devices WHERE name = ${name}`);
  return row;
}

type Counts = { readonly total: number; readonly awaiting: number; readonly paused: number };

/** The counters of the current restore, and what they would be if the devices were counted now. */
export async function restoreCounts({
  database,
}: Context): Promise<{ kept: Counts; counted: Counts; settled: boolean }> {
  const [row] = await database.pool.execute<Record<string, string | boolean>>(sql`
    SELECT r.total, r.awaiting, r.conflict_paused, r.settled_at IS NOT NULL AS settled,
      count(p.name) FILTER (WHERE p.mustered) AS total_now,
      count(p.name) FILTER (WHERE p.mustered AND p.answered_restore_id <> r.id) AS awaiting_now,
      count(p.name) FILTER (WHERE p.mustered AND p.answered_restore_id = r.id AND p.conflict_verdict IS NOT NULL) AS paused_now
    FROM service_state s JOIN restores r ON r.id = s.current_restore LEFT JOIN device_positions p ON true
    GROUP BY r.id`);
  return {
    kept: {
      total: Number(row?.['total']),
      awaiting: Number(row?.['awaiting']),
      paused: Number(row?.['conflict_paused']),
    },
    counted: {
      total: Number(row?.['total_now']),
      awaiting: Number(row?.['awaiting_now']),
      paused: Number(row?.['paused_now']),
    },
    settled: row?.['settled'] === true,
  };
}

/** Reasons of the events of one object, oldest first. */
export async function eventReasons({ database }: Context, name: string): Promise<string[]> {
  const rows = await database.pool.execute<{ reason: string }>(
    sql`SELECT reason FROM events WHERE involved_name = ${name} ORDER BY id`,
  );
  return rows.map(({ reason }) => reason);
}
