import type { JsonObject } from '../json.ts';
import type { Condition } from '../resources/condition.ts';
import { reportedDeviceStatusSchema, type ReportedDeviceStatus } from '../resources/device-status.ts';

// Facts that are read from the status document that a device sent. The generated columns of the table device_statuses say
// the same of a document that is stored.

/** A stored status. It was checked when it came in; one that an older version of this service stored and no longer fits is left out. */
export function toldStatus(status: JsonObject | null): ReportedDeviceStatus {
  return status === null ? {} : (reportedDeviceStatusSchema.safeParse(status).data ?? {});
}

/** Health of the device by its conditions and resources. The summary that it reports is not used, as in Flight Control. */
type DeviceHealth = 'Rebooting' | 'Error' | 'Degraded' | 'Online';

export function healthOf(told: ReportedDeviceStatus): DeviceHealth {
  if (told.conditions?.some((condition) => isUpdating(condition) && condition.reason === 'Rebooting'))
    return 'Rebooting';
  const resources = Object.values(told.resources ?? {});
  if (resources.includes('Critical')) return 'Error';
  return resources.includes('Warning') ? 'Degraded' : 'Online';
}

/** The condition by which a device says that it is busy with an update; undefined while it is not. */
export function updatingCondition(told: ReportedDeviceStatus): Condition | undefined {
  return told.conditions?.find(isUpdating);
}

const isUpdating = ({ type, status }: Condition): boolean => type === 'Updating' && status === 'True';

/** The condition by which a device says that its last update failed; undefined if it did not. */
export function failedUpdate(told: ReportedDeviceStatus): Condition | undefined {
  return told.conditions?.find(
    ({ type, status, reason }) => type === 'Updating' && status !== 'True' && reason === 'Error',
  );
}

/** The condition by which a device says that it carried out the order to decommission, or failed to. */
export function endedDecommission(told: ReportedDeviceStatus): Condition | undefined {
  return told.conditions?.find(
    ({ type, status, reason }) =>
      type === 'DeviceDecommissioning' && status === 'True' && (reason === 'Completed' || reason === 'Error'),
  );
}

/** Tells if a status reports that the device carried out the order to decommission, or failed to. */
export function hasEndedDecommission(status: JsonObject): boolean {
  const conditions = reportedDeviceStatusSchema.shape.conditions.safeParse(status['conditions']);
  return endedDecommission({ conditions: conditions.data }) !== undefined;
}
