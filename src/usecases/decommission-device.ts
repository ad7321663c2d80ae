import type { Clock } from '../clock.ts';
import type { Database } from '../db/client.ts';
import { leaveMusters, lockDevice, saveDevice, wantRendering } from '../db/device-writes.ts';
import { appendEvents } from '../db/event-log.ts';
import { holdRestore } from '../db/fence.ts';
import { conflict } from '../domain/errors.ts';
import type { Device } from '../domain/resources/device.ts';
import type { DeviceDecommission } from '../domain/resources/device-decommission.ts';
import type { RenderHints } from '../queue/render-queue.ts';
import { countOutDevice } from './count-devices.ts';
import { documentOf, noSuchDevice } from './read-device.ts';

type Deps = { database: Database; clock: Clock; queue: RenderHints; config: { disconnectedAfterMs: number } };

/**
 * Gives a device up: it is told to unenroll or to reset itself, and takes no part in musters any more. One that is
 * awaited or paused is written off by it, which may settle the restore.
 *
 * @throws MusterError 404; 409 if it is being given up already
 */
export async function decommissionDevice(
  deps: Deps,
  { name, target, actor }: DeviceDecommission & { name: string; actor: string },
): Promise<Device> {
  const { restore, document } = await deps.database.transact(async (tx) => {
    const restore = await holdRestore(tx);
    const now = deps.clock.now();
    const device = await lockDevice(tx, name);
    if (device === undefined) throw noSuchDevice(name);
    if (device.spec['decommissioning'] !== undefined || !device.state.mustered) {
      throw conflict(`device ${name} is being given up already`);
    }
    await leaveMusters(tx, name);
    await wantRendering(tx, [name], now);
    await saveDevice(tx, {
      ...device,
      spec: { ...device.spec, decommissioning: { target } },
      lifecycle: 'Decommissioning',
      generation: device.generation + 1,
      resourceVersion: device.resourceVersion + 1,
    });
    const event = {
      type: 'Normal',
      reason: 'DeviceDecommissioned',
      involved: { kind: 'Device', name },
      message: `Device ${name} is being given up (${target}).`,
      actor,
    } as const;
    await appendEvents(tx, [event], { restore, now });
    await countOutDevice(tx, device.state, { restore, now });
    return { restore, document: await documentOf(tx, name, { ...deps.config, restore, now }) };
  });
  deps.queue.wantRendering(restore, [name]);
  return document;
}
