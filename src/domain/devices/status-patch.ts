import { badRequest } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { patchResource } from '../resource-patch.ts';
import { reportedDeviceStatusSchema, type ReportedDeviceStatus } from '../resources/device-status.ts';
import type { PatchRequest } from '../resources/patch-request.ts';
import { describeProblems } from '../resources/zod-problem.ts';
import { assertStatusSize } from './status-size.ts';

/**
 * Applies a JSON Patch of a Device to the status that the device last sent.
 *
 * @throws MusterError 400 for an operation that cannot be applied or that changes more than the status, or if the result is
 * not a valid status; 413 if it is too large
 */
export function patchStatus(status: JsonObject, patch: PatchRequest): ReportedDeviceStatus {
  const patched = patchResource({ status }, patch, [['status']]);
  const parsed = reportedDeviceStatusSchema.safeParse(patched['status'] ?? {});
  if (!parsed.success) throw badRequest(describeProblems(parsed.error, 'the patched status'));
  assertStatusSize(parsed.data);
  return parsed.data;
}
