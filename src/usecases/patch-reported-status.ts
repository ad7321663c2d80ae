import type { Database } from '../db/client.ts';
import { findReportedStatus } from '../db/device-documents.ts';
import { badRequest } from '../domain/errors.ts';
import { applyJsonPatch } from '../domain/json-patch.ts';
import { reportedDeviceStatusSchema, type ReportedDeviceStatus } from '../domain/resources/device-status.ts';
import type { PatchRequest } from '../domain/resources/patch-request.ts';
import { describeProblems } from '../domain/resources/zod-problem.ts';

/**
 * The status document that a device last sent, with a patch (of the whole Device) applied; not stored. Undefined if there
 * is no such device.
 *
 * @throws MusterError 400 if the patch reaches beyond the status, cannot be applied, or leaves no valid status
 */
export async function patchedStatus(
  { database }: { database: Database },
  device: string,
  patch: PatchRequest,
): Promise<ReportedDeviceStatus | undefined> {
  const outside = patch.findIndex(({ path }) => path !== '/status' && !path.startsWith('/status/'));
  if (outside !== -1)
    throw badRequest(`patch operation ${outside}: expected a path under /status, found ${patch[outside]?.path}`);
  const found = await findReportedStatus(database.pool, device);
  if (found === undefined) return undefined;
  const parsed = reportedDeviceStatusSchema.safeParse(applyJsonPatch({ status: found }, patch)['status']);
  if (!parsed.success) throw badRequest(describeProblems(parsed.error, 'status'));
  return parsed.data;
}

/** Whether a patch says where the device is; the stored position is old news, and no statement of the device's. */
export function saysPosition(patch: PatchRequest): boolean {
  return patch.some(
    ({ op, path }) => op !== 'test' && (path === '/status' || /^\/status\/config(\/renderedVersion)?$/.test(path)),
  );
}
