import type { Executor } from '../db/client.ts';
import { saveDevice, wantRendering } from '../db/device-writes.ts';
import { appendEvents } from '../db/event-log.ts';
import { listFleetRules } from '../db/fleet-store.ts';
import { deviceChange, editedDevice, isChange, updatedFields, type DesiredDevice } from '../domain/device-edit.ts';
import type { DeviceRecord } from '../domain/device-record.ts';
import { decideOwnership, matchEvents } from '../domain/ownership.ts';
import { updatedEvent } from '../domain/resource-events.ts';

/**
 * Makes a locked device what a client wants it to be, in the transaction that locked it. The restore and the fleets must
 * be held. What changes nothing leaves no trace.
 *
 * @returns whether the device wants rendering because of it
 * @throws MusterError as deviceChange
 */
export async function editDevice(
  tx: Executor,
  device: DeviceRecord,
  desired: DesiredDevice,
  { restore, now, actor }: { restore: string; now: Date; actor: string },
): Promise<boolean> {
  const change = deviceChange(device, desired);
  if (!isChange(change)) return false;
  const ownership = change.labels ? decideOwnership(desired.labels, device, await listFleetRules(tx)) : device;
  const { owner, matchingFleets } = ownership;
  const edited = editedDevice(device, desired, change, { owner, matchingFleets });
  // Labels fill in templates, so a change of them is one of what is rendered.
  const wanted = change.spec || change.labels;
  if (wanted) await wantRendering(tx, [device.name], now);
  await saveDevice(tx, edited);
  const fields = updatedFields(change, device, edited);
  const owners = fields.includes('owner') ? { before: device, after: edited } : undefined;
  const updated = updatedEvent({ kind: 'Device', name: device.name }, fields, actor, owners);
  await appendEvents(tx, [updated, ...matchEvents(device.name, device, edited)], { restore, now });
  return wanted;
}
