import { saveStatuses } from '../db/device-documents.ts';
import { lockDevice } from '../db/device-writes.ts';
import type { DeviceRecord } from '../domain/devices/device-record.ts';
import { assertExpectedVersion } from '../domain/expected-version.ts';
import type { Device } from '../domain/resources/device.ts';
import type { ReportedDeviceStatus } from '../domain/resources/device-status.ts';
import type { PatchRequest } from '../domain/resources/patch-request.ts';
import { storableObject } from '../domain/resources/storable.ts';
import { patchStatus } from '../domain/devices/status-patch.ts';
import { documentOf, noSuchDevice } from './read-device.ts';
import { inRestore, viewAt, type ViewDeps } from './steps/in-restore.ts';
import { endDecommissions } from './steps/end-decommissions.ts';

/**
 * Keeps a status document that an administrator gives in a device's name. That is no report of the device: it proves no
 * position, so nothing is judged by it, and the device has not been seen.
 *
 * @throws MusterError 404; 409 if the device has changed since it was read
 */
export async function replaceDeviceStatus(
  deps: ViewDeps,
  {
    name,
    status,
    resourceVersion,
  }: { name: string; status: ReportedDeviceStatus; resourceVersion: string | undefined },
): Promise<Device> {
  return await store(deps, name, (device) => {
    assertExpectedVersion(resourceVersion, { kind: 'device', ...device });
    return status;
  });
}

/** As replaceDeviceStatus, with the status that the device last sent, patched. @throws MusterError also as patchStatus */
export async function patchDeviceStatus(
  deps: ViewDeps,
  { name, patch }: { name: string; patch: PatchRequest },
): Promise<Device> {
  return await store(deps, name, (device) => patchStatus(device.status ?? {}, patch));
}

async function store(
  deps: ViewDeps,
  name: string,
  statusOf: (device: DeviceRecord) => ReportedDeviceStatus,
): Promise<Device> {
  return await inRestore(deps, async (tx, { restore, now }) => {
    const device = await lockDevice(tx, name);
    if (device === undefined) throw noSuchDevice(name);
    await saveStatuses(tx, new Map([[name, JSON.stringify(storableObject(statusOf(device)))]]), now);
    await endDecommissions(tx, [name], { restore, now });
    return await documentOf(tx, name, viewAt(deps, restore, now));
  });
}
