import { saysNothing } from '../rendering/absence.ts';
import type { DeviceRecord, Viewpoint } from './device-record.ts';
import { gateOf } from '../recovery/gate.ts';
import type {
  DeviceApplicationsSummaryStatus,
  DeviceLifecycleStatus,
  DeviceSummaryStatus,
  DeviceUpdatedStatus,
} from '../resources/device-status-parts.ts';
import { deviceLifecycleStatusTypeSchema as lifecycleSchema } from '../resources/device-status-parts.ts';
import type { ReportedDeviceStatus } from '../resources/device-status.ts';
import { endedDecommission, failedUpdate, healthOf, updatingCondition } from './told-status.ts';

// The state of a device as people see it. It is separate from the device's report: the service's own knowledge comes first,
// in this order, so that a disconnected device still reads AwaitingReconnect. db/device-columns.ts says the same in SQL.

/** `status.summary`: the gate first, then silence, then conditions and resources. The device's own summary is not used. */
export function summaryOf(device: DeviceRecord, told: ReportedDeviceStatus, view: Viewpoint): DeviceSummaryStatus {
  const gate = gateOf(device.state, view.restore);
  switch (gate) {
    case 'AwaitingReconnect':
      return {
        status: gate,
        info: 'The service was restored from a backup, and the device has not asked for its spec since.',
      };
    case 'ConflictPaused':
      return { status: gate, info: `${device.state.conflict?.info ?? ''} Resume or adopt to go on.`.trim() };
    case 'Open':
      break;
    default:
      return gate satisfies never;
  }
  if (isDisconnected(device, view)) return { status: 'Unknown', info: silenceOf(device) };
  const status = healthOf(told);
  switch (status) {
    case 'Rebooting':
      return { status, info: 'The device is rebooting.' };
    case 'Error':
      return { status, info: `Critical: ${resourcesThatAre('Critical', told)}.` };
    case 'Degraded':
      return { status, info: `Warning: ${resourcesThatAre('Warning', told)}.` };
    case 'Online':
      return { status };
    default:
      return status satisfies never;
  }
}

function resourcesThatAre(level: 'Critical' | 'Warning', { resources = {} }: ReportedDeviceStatus): string {
  return Object.entries(resources)
    .flatMap(([resource, is]) => (is === level ? [resource] : []))
    .join(', ');
}

/** `status.updated`: says if the device has applied its newest spec, and if not, why. */
export function updatedOf(device: DeviceRecord, told: ReportedDeviceStatus, view: Viewpoint): DeviceUpdatedStatus {
  const gate = gateOf(device.state, view.restore);
  switch (gate) {
    case 'AwaitingReconnect':
      return { status: 'Unknown', info: 'Not known until the device reports after the restore.' };
    case 'ConflictPaused':
      return { status: 'OutOfDate', info: 'Paused: nothing is rendered for this device until a person decides.' };
    case 'Open':
      break;
    default:
      return gate satisfies never;
  }
  if (isDisconnected(device, view)) return { status: 'Unknown', info: silenceOf(device) };
  const updating = updatingCondition(told);
  if (updating !== undefined) return { status: 'Updating', info: updating.message };
  const info = whyOutOfDate(device, told);
  return info === undefined ? { status: 'UpToDate' } : { status: 'OutOfDate', info };
}

/** The reason why a connected device has not applied its newest spec; undefined if it has. */
function whyOutOfDate(device: DeviceRecord, told: ReportedDeviceStatus): string | undefined {
  const { spec, renderPending, rolloutProblem, specProblem } = device;
  const { version } = device.state.server;
  const problem = rolloutProblem ?? specProblem;
  if (problem !== null) return problem;
  const applied = device.applied ?? 0;
  const wanted = saysNothing(spec) ? 0 : version;
  if (!renderPending && applied === wanted) return otherImage(device, told);
  const failure = failedUpdate(told);
  if (failure !== undefined) return `An update failed on the device: ${failure.message}`;
  if (saysNothing(spec) && applied !== 0) {
    return `No spec is written for the device here, and it runs version ${applied}. It keeps what it runs.`;
  }
  if (renderPending) return 'A newer spec is not rendered yet.';
  return applied < wanted
    ? `The device has applied version ${applied} of ${wanted}.`
    : `The device has applied version ${applied}, above version ${wanted}, the newest that was rendered for it.`;
}

/** The reason if a device in image mode has applied a spec, but runs another OS image than the spec names. */
function otherImage({ spec }: DeviceRecord, { capabilities, os }: ReportedDeviceStatus): string | undefined {
  const wanted = textAt(spec, 'os', 'image') ?? '';
  const runs = os?.image ?? '';
  if (capabilities?.osMode === undefined || wanted === '' || runs === wanted) return undefined;
  return `The device runs the OS image ${runs === '' ? 'of no known name' : runs}, and its spec says ${wanted}.`;
}

/** `status.applicationsSummary`: silence first, then a device without applications, then the device's own summary. */
export function applicationsSummaryOf(
  device: DeviceRecord,
  told: ReportedDeviceStatus,
  view: Viewpoint,
): DeviceApplicationsSummaryStatus {
  if (isDisconnected(device, view)) return { status: 'Unknown', info: silenceOf(device) };
  if ((told.applications ?? []).length === 0) return { status: 'NoApplications' };
  if (healthOf(told) === 'Rebooting') return { status: 'Degraded', info: 'The device is rebooting.' };
  return { ...told.applicationsSummary, status: told.applicationsSummary?.status ?? 'Unknown' };
}

/**
 * `status.lifecycle`, which the service decides. The device contributes only that it carried out the order to decommission.
 */
export function lifecycleOf(
  device: DeviceRecord,
  told: ReportedDeviceStatus,
  { restore }: Viewpoint,
): DeviceLifecycleStatus {
  const status = lifecycleSchema.safeParse(device.lifecycle).data ?? 'Unknown';
  if (status === 'Decommissioning' && device.state.answeredRestore !== restore) {
    return { status, info: orderOfBackup };
  }
  const ended = status === 'Decommissioned' ? endedDecommission(told) : undefined;
  return ended?.reason === 'Error'
    ? { status, info: `The device failed to decommission itself: ${ended.message}` }
    : { status };
}

const orderOfBackup =
  'The order came with the backup, and is not sent to a device that is ahead of it. Decommission the device again to send it wherever the device is.';

function isDisconnected({ lastSeen }: DeviceRecord, { now, disconnectedAfterMs }: Viewpoint): boolean {
  return lastSeen === null || lastSeen.getTime() < now.getTime() - disconnectedAfterMs;
}

function silenceOf({ lastSeen }: DeviceRecord): string {
  return `The device has not been heard of ${lastSeen === null ? 'yet' : `since ${lastSeen.toISOString()}`}.`;
}

/** A text in a document of any shape. */
function textAt(document: unknown, ...path: readonly string[]): string | undefined {
  let at: unknown = document;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || Array.isArray(at)) return undefined;
    at = Object.getOwnPropertyDescriptor(at, key)?.value;
  }
  return typeof at === 'string' ? at : undefined;
}
