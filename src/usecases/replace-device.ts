import type { Executor } from '../db/client.ts';
import { lockDevice } from '../db/device-writes.ts';
import { holdFleets } from '../db/fleet-lock.ts';
import { assertCreatable, desiredDevice, keepingSpec } from '../domain/devices/device-edit.ts';
import { conflict } from '../domain/errors.ts';
import { assertExpectedVersion } from '../domain/expected-version.ts';
import type { Device, DeviceRequest } from '../domain/resources/device.ts';
import type { TemplateRenderer } from '../domain/templates/template-renderer.ts';
import { wantedDocument } from '../domain/journal-facts/wanted-documents.ts';
import { editDevice, type DeviceEditDeps } from './steps/edit-device.ts';
import { enterDevice } from './steps/enter-device.ts';
import { documentOf } from './read-device.ts';
import type { Origin } from '../domain/event.ts';
import { inRestore, viewAt, type At } from './steps/in-restore.ts';
import { assertNamedAsPath } from '../domain/resource-name.ts';

type Replacement = { readonly name: string; readonly request: DeviceRequest; readonly by: Origin };

/**
 * Puts a device in the place of the one of that name, or creates it. A document without a spec, or with an empty one, leaves
 * the device the spec it has.
 *
 * @returns the device, and whether it was created
 * @throws MusterError 400 if the document names another device; 409 if the device has changed since it was read, is
 * being decommissioned, or a fleet decides the spec that the request changes
 */
export async function replaceDevice(
  deps: DeviceEditDeps,
  replacement: Replacement,
): Promise<{ document: Device; created: boolean }> {
  const { name, request } = replacement;
  assertNamedAsPath(request, name, 'device');
  const { restore, document, created, wanted } = await inRestore(deps, async (tx, { restore, now }) => {
    await holdFleets(tx);
    const done = await put(tx, replacement, { restore, now, templates: deps.templates });
    return { ...done, restore, document: await documentOf(tx, name, viewAt(deps, restore, now)) };
  });
  deps.journal.wanted(wantedDocument(document, replacement.by));
  if (wanted) deps.queue.wantRendering(restore, [name]);
  return { document, created };
}

async function put(
  tx: Executor,
  { name, request, by }: Replacement,
  at: At & { templates: TemplateRenderer },
): Promise<{ created: boolean; wanted: boolean }> {
  const desired = desiredDevice(request);
  const device = await lockDevice(tx, name);
  if (device !== undefined) {
    assertExpectedVersion(request.metadata.resourceVersion, { kind: 'device', ...device });
    return { created: false, wanted: await editDevice(tx, device, keepingSpec(desired, device), { ...at, by }) };
  }
  assertCreatable(desired);
  const entered = await enterDevice(tx, { ...desired, name, lifecycle: null }, { ...at, by });
  if (!entered) throw conflict(`device ${name} was created by somebody else at the same time`);
  return { created: true, wanted: true };
}
