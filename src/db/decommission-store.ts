import { sql } from 'drizzle-orm';
import type { EndedDecommission } from '../domain/devices/decommission-events.ts';
import type { JsonObject } from '../domain/json.ts';
import { endedDecommission, toldStatus } from '../domain/devices/told-status.ts';
import type { Executor } from './client.ts';

/**
 * Makes devices decommissioned that had the order to, and whose stored status says that they carried it out or failed to.
 * Once in a device's life: whoever asks again gets nothing.
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
