import type postgres from 'postgres';

/** A device's row, as far as the invariants speak of it. */
export type DeviceRow = {
  name: string;
  mustered: boolean;
  timeline: string;
  version: number;
  spec_hash: string | null;
  answered_restore_id: string;
  conflict_verdict: string | null;
  conflict_since: string | null;
  reported_version: number | null;
  wanted_generation: number;
  rendered_generation: number;
  spec: object;
  group: string | null;
  owner: string | null;
  adopted: boolean;
  problem: boolean;
};

type EventRow = {
  id: number;
  reason: string;
  involved_kind: string;
  involved_name: string;
  message: string;
  verdict: string | null;
  actor: string;
  restore: string;
};

/** Counters of a restore: as kept, or as counted. */
type Counters = {
  total: number;
  awaiting: number;
  answered: number;
  in_sync: number;
  behind: number;
  conflict_paused: number;
  resumed: number;
  adopted: number;
};

/** A fleet's row, as far as the invariants speak of it. */
type FleetRow = { name: string; group: string; generation: number; rolled_out: number };

/** All that the database says, at one instant. */
export type Snapshot = {
  restore: string;
  restores: number;
  settled: boolean;
  kept: Counters & { histogram: number };
  counted: Counters;
  devices: DeviceRow[];
  fleets: FleetRow[];
  /** Those written since the last snapshot. */
  events: EventRow[];
};

/** Reads everything in one statement. */
export async function readSnapshot(client: postgres.Sql, afterEvent: number): Promise<Snapshot> {
  const [row] = await client<{ snapshot: Snapshot }[]>`
    WITH current AS (SELECT r.* FROM service_state s JOIN restores r ON r.id = s.current_restore),
    told AS (SELECT e.* FROM events e JOIN current c ON e.restore = c.id)
    SELECT json_build_object(
      'restore', c.id, 'restores', (SELECT count(*) FROM restores), 'settled', c.settled_at IS NOT NULL,
      'kept', json_build_object('total', c.total, 'awaiting', c.awaiting, 'answered', c.answered, 'in_sync', c.in_sync,
        'behind', c.behind, 'conflict_paused', c.conflict_paused, 'resumed', c.resumed, 'adopted', c.adopted,
        'histogram', (SELECT coalesce(sum(h.devices), 0) FROM restore_answer_times h WHERE h.restore = c.id)),
      'counted', (SELECT json_build_object(
        'total', count(*) FILTER (WHERE mustered), 'awaiting', count(*) FILTER (WHERE mustered AND answered_restore_id <> c.id),
        'conflict_paused', count(*) FILTER (WHERE mustered AND answered_restore_id = c.id AND conflict_verdict IS NOT NULL),
        'answered', c.answered, 'in_sync', (SELECT count(*) FROM told WHERE reason = 'DeviceAnswered' AND details ->> 'verdict' = 'InSync'),
        'behind', (SELECT count(*) FROM told WHERE reason = 'DeviceAnswered' AND details ->> 'verdict' = 'Behind'),
        'resumed', (SELECT count(*) FROM told WHERE reason = 'DeviceConflictResolved'),
        'adopted', (SELECT count(*) FROM told WHERE reason = 'DeviceAdopted')) FROM device_positions),
      'devices', (SELECT coalesce(json_agg(json_build_object('name', p.name, 'mustered', p.mustered, 'timeline', p.timeline,
        'version', p.version, 'spec_hash', p.spec_hash, 'answered_restore_id', p.answered_restore_id,
        'conflict_verdict', p.conflict_verdict, 'conflict_since', p.conflict_since, 'reported_version', p.reported_version,
        'wanted_generation', p.wanted_generation, 'rendered_generation', p.rendered_generation, 'spec', d.spec,
        'group', d.labels ->> 'group', 'owner', d.owner, 'adopted', d.spec_adopted, 'problem', d.rollout_problem IS NOT NULL)
        ORDER BY p.name), '[]') FROM device_positions p JOIN devices d USING (name)),
      'fleets', (SELECT coalesce(json_agg(json_build_object('name', f.name, 'group', f.spec #>> '{selector,matchLabels,group}',
        'generation', f.generation, 'rolled_out', f.rolled_out_generation) ORDER BY f.name), '[]') FROM fleets f),
      'events', (SELECT coalesce(json_agg(json_build_object('id', e.id, 'reason', e.reason, 'involved_kind', e.involved_kind,
        'involved_name', e.involved_name, 'message', e.message, 'verdict', e.details ->> 'verdict', 'actor', e.actor,
        'restore', e.restore) ORDER BY e.id), '[]') FROM events e WHERE e.id > ${afterEvent})
    ) AS snapshot FROM current c`;
  if (row === undefined) throw new Error('the database has no current restore');
  return row.snapshot;
}
