import { sql } from 'drizzle-orm';
import type { EndedDecommission } from '../domain/devices/decommission-events.ts';
import type { JsonObject } from '../domain/json.ts';
import { endedDecommission, toldStatus } from '../domain/devices/told-status.ts';
import type { Executor } from './client.ts';
import { graftedPosition } from './gate-sql.ts';

/**
 * Joins the reported positions of devices that are to decommission themselves to the server's, as a resume does, so that
 * the next render of their order is above all that they stated. The positions must be locked or unchanged since they were
 * read, and want rendering.
 */
export async function graftOrders(tx: Executor, names: readonly string[], restore: string): Promise<void> {
  if (names.length === 0) return;
  const { lineage, version } = graftedPosition(restore);
  await tx.execute(sql`
    UPDATE device_positions AS p SET timeline = ${restore}::uuid, version = ${version}, spec_hash = NULL, lineage = ${lineage}
    WHERE p.name = ANY(${sql.param(names)}::text[]) AND NOT p.mustered AND p.reported_version IS NOT NULL`);
}

/**
 * Makes devices decommissioned that had the order to, and whose stored status says that they carried it out or failed to.
 * Once in a device's life: a second call answers nothing.
 *
 * @param names of devices whose status may say so
 */
export async function finishDecommissions(tx: Executor, names: readonly string[]): Promise<EndedDecommission[]> {
  if (names.length === 0) return [];
  const rows = await tx.execute<{ name: string; status: JsonObject }>(sql`
    WITH ended AS MATERIALIZED (
      SELECT d.name, s.status FROM devices d JOIN device_statuses s ON s.name = d.name
      WHERE d.name = ANY(${sql.param(names)}::text[]) AND s.decommissioned AND d.lifecycle = 'Decommissioning'
      ORDER BY d.name FOR UPDATE OF d)
    UPDATE devices AS d SET lifecycle = 'Decommissioned', resource_version = d.resource_version + 1
    FROM ended WHERE d.name = ended.name RETURNING d.name, ended.status`);
  return rows.map(({ name, status }) => {
    const ended = endedDecommission(toldStatus(status));
    return { device: name, failure: ended?.reason === 'Error' ? ended.message : undefined };
  });
}
