import { graftOrders } from '../db/decommission-store.ts';
import { leaveMusters, lockDevice, saveDevice, wantRendering } from '../db/device-writes.ts';
import { appendEvents } from '../db/event-log.ts';
import type { DeviceRecord } from '../domain/devices/device-record.ts';
import { conflict } from '../domain/errors.ts';
import { matchEvents } from '../domain/fleets/ownership.ts';
import { rolloutProblemEvents } from '../domain/fleets/template-rollout.ts';
import type { Device } from '../domain/resources/device.ts';
import type { DeviceDecommission } from '../domain/resources/device-decommission.ts';
import type { RenderHints } from '../queue/render-queue.ts';
import { countOutDevice } from './steps/count-devices.ts';
import { documentOf, noSuchDevice } from './read-device.ts';
import type { Origin } from '../domain/event.ts';
import { inRestore, viewAt, type ViewDeps } from './steps/in-restore.ts';
import { endDecommissions } from './steps/end-decommissions.ts';

type Deps = ViewDeps & { queue: RenderHints };

/**
 * Orders a device to decommission: it is told to unenroll or to reset itself, and takes no part in musters any more. It has
 * no owner and no labels from then on, and keeps its spec. One that is awaited or paused is written off by it, which may
 * settle the restore. The order holds wherever the device is. An order that came with a backup may be given again, for a
 * device that is ahead of it is not sent it.
 *
 * @throws MusterError 404; 409 if it was decommissioned before
 */
export async function decommissionDevice(
  deps: Deps,
  { name, target, by }: DeviceDecommission & { name: string; by: Origin },
): Promise<Device> {
  const { restore, document } = await inRestore(deps, async (tx, { restore, now }) => {
    const device = await lockDevice(tx, name);
    if (device === undefined) throw noSuchDevice(name);
    if (isOrdered(device, restore)) {
      throw conflict(`device ${name} is being decommissioned already`);
    }
    await leaveMusters(tx, name, restore);
    await graftOrders(tx, [name], restore);
    await wantRendering(tx, [name], now);
    const ordered = {
      ...device,
      labels: {},
      owner: null,
      matchingFleets: null,
      templateGeneration: null,
      rolloutProblem: null,
      spec: { ...device.spec, decommissioning: { target } },
      lifecycle: 'Decommissioning',
      generation: device.generation + 1,
      resourceVersion: device.resourceVersion + 1,
    };
    await saveDevice(tx, ordered, now);
    const event = {
      type: 'Normal',
      reason: 'DeviceDecommissioned',
      involved: { kind: 'Device', name },
      message: `Device ${name} is to be decommissioned (${target}).`,
      by,
    } as const;
    const events = [
      event,
      ...matchEvents(name, device, ordered),
      ...rolloutProblemEvents(name, device.rolloutProblem, ordered.rolloutProblem),
    ];
    await appendEvents(tx, events, { restore, now });
    // A device whose order was lost with the database may have said already that it carried it out.
    await endDecommissions(tx, [name], { restore, now });
    await countOutDevice(tx, device.state, { restore, now });
    return { restore, document: await documentOf(tx, name, viewAt(deps, restore, now)) };
  });
  deps.queue.wantRendering(restore, [name]);
  return document;
}

function isOrdered({ spec, state, lifecycle }: DeviceRecord, restore: string): boolean {
  if (spec['decommissioning'] === undefined && state.mustered) return false;
  return lifecycle === 'Decommissioned' || state.answeredRestore === restore;
}
