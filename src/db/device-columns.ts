import { sql } from 'drizzle-orm';
import type { Viewpoint } from '../domain/devices/device-record.ts';
import type { deviceFields } from '../domain/selectors/resource-fields.ts';
import { isAwaited, isPaused } from './gate-sql.ts';
import type { FieldColumns } from './selector-sql.ts';

/**
 * The fields by which devices can be selected, as SQL over `d` devices, `p` device_positions and `s` device_statuses.
 * The derived ones say what domain/devices/device-status.ts says of one device.
 */
export function deviceColumns({ restore, now, disconnectedAfterMs }: Viewpoint): FieldColumns<typeof deviceFields> {
  const silentSince = new Date(now.getTime() - disconnectedAfterMs).toISOString();
  const silent = sql`(p.last_seen IS NULL OR p.last_seen < ${silentSince}::timestamptz)`;
  const summary = sql`(CASE WHEN ${isAwaited(restore)} THEN 'AwaitingReconnect' WHEN ${isPaused(restore)} THEN 'ConflictPaused'
    WHEN ${silent} THEN 'Unknown' ELSE coalesce(s.health, 'Online') END)`;
  const updated = sql`(CASE WHEN ${isAwaited(restore)} THEN 'Unknown' WHEN ${isPaused(restore)} THEN 'OutOfDate'
    WHEN ${silent} THEN 'Unknown' WHEN s.updating THEN 'Updating'
    WHEN p.rendered_generation < p.wanted_generation OR d.spec_problem IS NOT NULL OR d.rollout_problem IS NOT NULL
      OR coalesce(p.applied_version, 0) <> (CASE WHEN d.says_nothing THEN 0 ELSE p.version END)
      OR (d.os_image <> coalesce(s.status #>> '{os,image}', '') AND s.status #>> '{capabilities,osMode}' IS NOT NULL)
    THEN 'OutOfDate' ELSE 'UpToDate' END)`;
  const applications = sql`(CASE WHEN ${silent} THEN 'Unknown' WHEN s.status #> '{applications,0}' IS NULL THEN 'NoApplications'
    WHEN s.health = 'Rebooting' THEN 'Degraded' ELSE coalesce(s.status #>> '{applicationsSummary,status}', 'Unknown') END)`;
  return {
    'metadata.name': sql`d.name`,
    'metadata.alias': sql`(d.labels ->> 'alias')`,
    'metadata.owner': sql`d.owner`,
    'metadata.creationTimestamp': sql`d.created_at`,
    lastSeen: sql`p.last_seen`,
    'status.summary.status': summary,
    'status.updated.status': updated,
    'status.applicationsSummary.status': applications,
    'status.lifecycle.status': sql`coalesce(d.lifecycle, 'Unknown')`,
    'status.capabilities.osMode': sql`(s.status #>> '{capabilities,osMode}')`,
  };
}
