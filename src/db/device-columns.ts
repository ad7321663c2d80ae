import { sql } from 'drizzle-orm';
import type { Viewpoint } from '../domain/device-record.ts';
import type { deviceFields } from '../domain/selectors/resource-fields.ts';
import { isAwaited, isPaused } from './gate-sql.ts';
import type { FieldColumns } from './selector-sql.ts';

/**
 * The fields by which devices can be selected, as SQL over `d` devices, `p` device_positions and `s` device_statuses.
 * The derived ones say what domain/device-status.ts says of one device.
 */
export function deviceColumns({ restore, now, disconnectedAfterMs }: Viewpoint): FieldColumns<typeof deviceFields> {
  const silentSince = new Date(now.getTime() - disconnectedAfterMs).toISOString();
  const summary = sql`(CASE WHEN ${isAwaited(restore)} THEN 'AwaitingReconnect' WHEN ${isPaused(restore)} THEN 'ConflictPaused'
    WHEN p.last_seen IS NULL OR p.last_seen < ${silentSince}::timestamptz THEN 'Unknown'
    WHEN s.status #>> '{summary,status}' IN ('AwaitingReconnect', 'ConflictPaused') THEN 'Online'
    ELSE coalesce(s.status #>> '{summary,status}', 'Online') END)`;
  const updated = sql`(CASE WHEN ${isAwaited(restore)} THEN 'Unknown' WHEN ${isPaused(restore)} THEN 'OutOfDate' WHEN p.last_seen IS NULL THEN 'Unknown'
    WHEN p.rendered_generation >= p.wanted_generation AND p.reported_version = p.version THEN 'UpToDate'
    WHEN s.status #>> '{updated,status}' = 'Updating' THEN 'Updating' ELSE 'OutOfDate' END)`;
  return {
    'metadata.name': sql`d.name`,
    'metadata.alias': sql`(d.labels ->> 'alias')`,
    'metadata.owner': sql`d.owner`,
    'metadata.creationTimestamp': sql`d.created_at`,
    lastSeen: sql`p.last_seen`,
    'status.summary.status': summary,
    'status.updated.status': updated,
    'status.applicationsSummary.status': sql`coalesce(s.status #>> '{applicationsSummary,status}', 'Unknown')`,
    'status.lifecycle.status': sql`coalesce(d.lifecycle, s.status #>> '{lifecycle,status}', 'Unknown')`,
    'status.capabilities.osMode': sql`(s.status #>> '{capabilities,osMode}')`,
  };
}
