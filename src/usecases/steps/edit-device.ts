import type { Executor } from '../../db/client.ts';
import { saveDevice, wantRendering } from '../../db/device-writes.ts';
import { appendEvents } from '../../db/event-log.ts';
import { listFleetRules } from '../../db/fleet-store.ts';
import {
  deviceChange,
  editedDevice,
  isChange,
  updatedFields,
  wantsRendering,
  type DesiredDevice,
} from '../../domain/devices/device-edit.ts';
import type { DeviceRecord } from '../../domain/devices/device-record.ts';
import { decideOwnership, matchEvents } from '../../domain/fleets/ownership.ts';
import { updatedEvent } from '../../domain/resource-events.ts';
import { rolloutProblemEvents, type TemplateOutcome } from '../../domain/fleets/template-rollout.ts';
import type { TemplateRenderer } from '../../domain/templates/template-renderer.ts';
import { rollOutTemplate } from '../roll-out-template.ts';
import type { Origin } from '../../domain/event.ts';
import type { At, ViewDeps } from './in-restore.ts';
import type { Journal } from '../../journal/journal.ts';
import type { RenderHints } from '../../queue/render-queue.ts';

/** Dependencies of entering and editing a device, and of showing it then. */
export type DeviceEditDeps = ViewDeps & {
  readonly templates: TemplateRenderer;
  readonly queue: RenderHints;
  readonly journal: Journal;
};

/**
 * Makes a locked device what a client wants it to be, in the transaction that locked it. Labels decide who owns the device
 * and fill in the template of its fleet. The restore and the fleets must be held. What changes nothing leaves no trace.
 *
 * @returns whether the device wants rendering because of it
 * @throws MusterError as deviceChange
 */
export async function editDevice(
  tx: Executor,
  device: DeviceRecord,
  desired: DesiredDevice,
  { by, templates, ...at }: At & { by: Origin; templates: TemplateRenderer },
): Promise<boolean> {
  const change = deviceChange(device, desired);
  if (!isChange(change)) return false;
  const ownership = change.labels ? decideOwnership(desired.labels, device, await listFleetRules(tx)) : device;
  const outcome: TemplateOutcome = change.labels
    ? await rollOutTemplate(
        tx,
        { ...device, mustered: device.state.mustered },
        { owner: ownership.owner, labels: desired.labels },
        templates,
      )
    : { kind: 'untouched' };
  const edited = editedDevice(device, desired, ownership, outcome);
  const { name } = device;
  const wanted = wantsRendering(device, edited);
  if (wanted) await wantRendering(tx, [name], at.now);
  await saveDevice(tx, edited, at.now);
  const fields = updatedFields(device, edited);
  const owners = fields.includes('owner') ? { before: device, after: edited } : undefined;
  const events = [
    updatedEvent({ kind: 'Device', name }, fields, by, owners),
    ...matchEvents(name, device, edited),
    ...rolloutProblemEvents(name, device.rolloutProblem, edited.rolloutProblem),
  ];
  await appendEvents(tx, events, at);
  return wanted;
}
