import type { JsonObject, JsonValue } from '../json.ts';
import type { Condition } from '../resources/condition.ts';
import { reportedDeviceStatusSchema, type ReportedDeviceStatus } from '../resources/device-status.ts';

// Facts from the status document that a device sent. The generated columns of the table device_statuses say the same about
// a stored document.

/**
 * Reads a stored status. It was checked when it came in; one from an older version of this service that no longer fits is
 * left out.
 */
export function toldStatus(status: JsonObject | null): ReportedDeviceStatus {
  return status === null ? {} : (reportedDeviceStatusSchema.safeParse(status).data ?? {});
}

/** Health of the device, from its conditions and resources. As in Flight Control, its reported summary is not used. */
type DeviceHealth = 'Rebooting' | 'Error' | 'Degraded' | 'Online';

export function healthOf(told: ReportedDeviceStatus): DeviceHealth {
  if (told.conditions?.some((condition) => isUpdating(condition) && condition.reason === 'Rebooting'))
    return 'Rebooting';
  const resources = Object.values(told.resources ?? {});
  if (resources.includes('Critical')) return 'Error';
  return resources.includes('Warning') ? 'Degraded' : 'Online';
}

/** The condition of a device that is busy with an update; undefined if it is not. */
export function updatingCondition(told: ReportedDeviceStatus): Condition | undefined {
  return told.conditions?.find(isUpdating);
}

const isUpdating = ({ type, status }: Condition): boolean => type === 'Updating' && status === 'True';

/** The condition of a device whose last update failed; undefined if it did not fail. */
export function failedUpdate(told: ReportedDeviceStatus): Condition | undefined {
  return told.conditions?.find(
    ({ type, status, reason }) => type === 'Updating' && status !== 'True' && reason === 'Error',
  );
}

/** The condition of a device that carried out the order to decommission, or failed to. */
export function endedDecommission(told: ReportedDeviceStatus): Condition | undefined {
  return told.conditions?.find(
    ({ type, status, reason }) =>
      type === 'DeviceDecommissioning' && status === 'True' && (reason === 'Completed' || reason === 'Error'),
  );
}

/** True if a status reports that the device carried out the order to decommission, or failed to. */
export function hasEndedDecommission({ conditions }: JsonObject): boolean {
  // Asked of every status: nearly all of them say nothing of it, and are not parsed.
  if (!Array.isArray(conditions) || !conditions.some(isOfDecommission)) return false;
  const parsed = reportedDeviceStatusSchema.shape.conditions.safeParse(conditions);
  return endedDecommission({ conditions: parsed.data }) !== undefined;
}

const isOfDecommission = (condition: JsonValue): boolean =>
  typeof condition === 'object' &&
  condition !== null &&
  !Array.isArray(condition) &&
  condition['type'] === 'DeviceDecommissioning';
