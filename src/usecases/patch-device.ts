import type { Clock } from '../time/clock.ts';
import type { Database } from '../db/client.ts';
import { lockDevice } from '../db/device-writes.ts';
import { holdRestore } from '../db/fence.ts';
import { holdFleets } from '../db/fleet-lock.ts';
import { deviceDocument } from '../domain/devices/device-document.ts';
import { assertServiceAnnotationsKept, desiredDevice } from '../domain/devices/device-edit.ts';
import { badRequest } from '../domain/errors.ts';
import { patchResource } from '../domain/resource-patch.ts';
import { deviceRequestSchema, type Device } from '../domain/resources/device.ts';
import type { PatchRequest } from '../domain/resources/patch-request.ts';
import { describeProblems } from '../domain/resources/zod-problem.ts';
import type { TemplateRenderer } from '../domain/templates/template-renderer.ts';
import type { RenderHints } from '../queue/render-queue.ts';
import { editDevice } from './steps/edit-device.ts';
import { documentOf, noSuchDevice } from './read-device.ts';
import type { Origin } from '../domain/event.ts';

type Deps = {
  database: Database;
  clock: Clock;
  templates: TemplateRenderer;
  queue: RenderHints;
  config: { disconnectedAfterMs: number };
};

const patchable = [['metadata', 'labels'], ['metadata', 'annotations'], ['spec']];

/**
 * Applies a JSON Patch to a device as it is shown.
 *
 * @throws MusterError 400 for an operation that cannot be applied, that changes what only the service does, or whose
 * result is no device; 404 if there is no such device; 409 as replaceDevice
 */
export async function patchDevice(
  deps: Deps,
  { name, patch, by }: { name: string; patch: PatchRequest; by: Origin },
): Promise<Device> {
  const { restore, document, wanted } = await deps.database.transact(async (tx) => {
    const restore = await holdRestore(tx);
    await holdFleets(tx);
    const now = deps.clock.now();
    const view = { restore, now, disconnectedAfterMs: deps.config.disconnectedAfterMs };
    const device = await lockDevice(tx, name);
    if (device === undefined) throw noSuchDevice(name);
    const shown = deviceDocument(device, view);
    const parsed = deviceRequestSchema.safeParse(patchResource(shown, patch, patchable));
    if (!parsed.success) throw badRequest(describeProblems(parsed.error, 'the patched device'));
    assertServiceAnnotationsKept(shown, parsed.data);
    const desired = desiredDevice(parsed.data);
    const wanted = await editDevice(tx, device, desired, { restore, now, by, templates: deps.templates });
    return { restore, document: await documentOf(tx, name, view), wanted };
  });
  if (wanted) deps.queue.wantRendering(restore, [name]);
  return document;
}
