import { assertCreatable, desiredDevice } from '../domain/devices/device-edit.ts';
import { alreadyExists } from '../domain/errors.ts';
import type { Device, DeviceRequest } from '../domain/resources/device.ts';
import { wantedDocument } from '../domain/journal-facts/wanted-documents.ts';
import { enterDevice } from './steps/enter-device.ts';
import { documentOf } from './read-device.ts';
import type { Origin } from '../domain/event.ts';
import { inRestore, viewAt } from './steps/in-restore.ts';
import { requiredName } from '../domain/resource-name.ts';
import type { DeviceEditDeps } from './steps/edit-device.ts';

/**
 * Creates a device.
 *
 * @throws MusterError 400 for a device without a name; 409 if there is one of that name
 */
export async function createDevice(
  deps: DeviceEditDeps,
  { request, by }: { request: DeviceRequest; by: Origin },
): Promise<Device> {
  const name = requiredName(request, 'device');
  const desired = desiredDevice(request);
  assertCreatable(desired);
  const { restore, document } = await inRestore(deps, async (tx, { restore, now }) => {
    const entered = await enterDevice(
      tx,
      { ...desired, name, lifecycle: null },
      { restore, now, by, templates: deps.templates },
    );
    if (!entered) throw alreadyExists('device', name);
    return { restore, document: await documentOf(tx, name, viewAt(deps, restore, now)) };
  });
  deps.journal.wanted(wantedDocument(document, by));
  deps.queue.wantRendering(restore, [name]);
  return document;
}
