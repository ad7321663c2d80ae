import type { Clock } from '../time/clock.ts';
import type { Database } from '../db/client.ts';
import { holdRestore } from '../db/fence.ts';
import { assertCreatable, desiredDevice } from '../domain/devices/device-edit.ts';
import { alreadyExists, badRequest } from '../domain/errors.ts';
import type { Device, DeviceRequest } from '../domain/resources/device.ts';
import type { TemplateRenderer } from '../domain/templates/template-renderer.ts';
import type { RenderHints } from '../queue/render-queue.ts';
import { enterDevice } from './steps/enter-device.ts';
import { documentOf } from './read-device.ts';
import type { Origin } from '../domain/event.ts';

type Deps = {
  database: Database;
  clock: Clock;
  templates: TemplateRenderer;
  queue: RenderHints;
  config: { disconnectedAfterMs: number };
};

/**
 * Creates a device.
 *
 * @throws MusterError 400 for a device without a name; 409 if there is one of that name
 */
export async function createDevice(
  deps: Deps,
  { request, by }: { request: DeviceRequest; by: Origin },
): Promise<Device> {
  const { name } = request.metadata;
  if (name === undefined) throw badRequest('metadata.name: expected the name of the device');
  const desired = desiredDevice(request);
  assertCreatable(desired);
  const { restore, document } = await deps.database.transact(async (tx) => {
    const restore = await holdRestore(tx);
    const now = deps.clock.now();
    const entered = await enterDevice(tx, { ...desired, name, lifecycle: null }, { ...deps, restore, now, by });
    if (!entered) throw alreadyExists('device', name);
    return { restore, document: await documentOf(tx, name, { ...deps.config, restore, now }) };
  });
  deps.queue.wantRendering(restore, [name]);
  return document;
}
