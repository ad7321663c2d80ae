import { lockDevice } from '../db/device-writes.ts';
import { holdFleets } from '../db/fleet-lock.ts';
import { deviceDocument } from '../domain/devices/device-document.ts';
import { assertServiceAnnotationsKept, desiredDevice } from '../domain/devices/device-edit.ts';
import { patchedRequest } from '../domain/resource-patch.ts';
import { deviceRequestSchema, type Device } from '../domain/resources/device.ts';
import type { PatchRequest } from '../domain/resources/patch-request.ts';
import { wantedDocument } from '../domain/journal-facts/wanted-documents.ts';
import { editDevice, type DeviceEditDeps } from './steps/edit-device.ts';
import { documentOf, noSuchDevice } from './read-device.ts';
import type { Origin } from '../domain/event.ts';
import { inRestore, viewAt } from './steps/in-restore.ts';

/**
 * Applies a JSON Patch to a device as it is shown.
 *
 * @throws MusterError 400 for an operation that cannot be applied, that changes what only the service does, or whose
 * result is no device; 404 if there is no such device; 409 as replaceDevice
 */
export async function patchDevice(
  deps: DeviceEditDeps,
  { name, patch, by }: { name: string; patch: PatchRequest; by: Origin },
): Promise<Device> {
  const { restore, document, wanted } = await inRestore(deps, async (tx, { restore, now }) => {
    await holdFleets(tx);
    const view = viewAt(deps, restore, now);
    const device = await lockDevice(tx, name);
    if (device === undefined) throw noSuchDevice(name);
    const shown = deviceDocument(device, view);
    const patched = patchedRequest(shown, patch, deviceRequestSchema, 'the patched device');
    assertServiceAnnotationsKept(shown, patched);
    const desired = desiredDevice(patched);
    const wanted = await editDevice(tx, device, desired, { restore, now, by, templates: deps.templates });
    return { restore, document: await documentOf(tx, name, view), wanted };
  });
  deps.journal.wanted(wantedDocument(document, by));
  if (wanted) deps.queue.wantRendering(restore, [name]);
  return document;
}
