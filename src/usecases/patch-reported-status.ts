import type { Database } from '../db/client.ts';
import { findReportedStatus } from '../db/device-documents.ts';
import type { ReportedDeviceStatus } from '../domain/resources/device-status.ts';
import type { PatchRequest } from '../domain/resources/patch-request.ts';
import { patchStatus } from '../domain/devices/status-patch.ts';

/**
 * The status document that a device last sent, with a patch (of the whole Device) applied; not stored. Undefined if there
 * is no such device.
 *
 * @throws MusterError 400 as patchStatus
 */
export async function patchedStatus(
  { database }: { database: Database },
  device: string,
  patch: PatchRequest,
): Promise<ReportedDeviceStatus | undefined> {
  const found = await findReportedStatus(database.pool, device);
  return found && patchStatus(found, patch);
}

/** Tells if a patch says where the device is. The stored position is no statement of the device. */
export function saysPosition(patch: PatchRequest): boolean {
  return patch.some(
    ({ op, path }) => op !== 'test' && (path === '/status' || /^\/status\/config(\/renderedVersion)?$/.test(path)),
  );
}
