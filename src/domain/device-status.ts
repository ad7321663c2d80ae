import type { DeviceRecord, Viewpoint } from './device-record.ts';
import { gateOf } from './gate.ts';
import {
  deviceSummaryStatusTypeSchema,
  type DeviceSummaryStatus,
  type DeviceSummaryStatusType,
  type DeviceUpdatedStatus,
} from './resources/device-status-parts.ts';

// What people see of a device's state. Kept apart from what the device reports: the service's own knowledge comes first,
// in this order, so that a disconnected device still reads AwaitingReconnect. db/device-columns.ts says the same in SQL.

/** `status.summary`: the gate first, then silence, then what the device says of itself. */
export function summaryOf(device: DeviceRecord, view: Viewpoint): DeviceSummaryStatus {
  const gate = gateOf(device.state, view.restore);
  switch (gate) {
    case 'AwaitingReconnect':
      return { status: gate, info: 'The service was restored from a backup and the device has not reported since.' };
    case 'ConflictPaused':
      return { status: gate, info: `${device.state.conflict?.info ?? ''} Resume or adopt to go on.`.trim() };
    case 'Open':
      break;
    default:
      return gate satisfies never;
  }
  if (isDisconnected(device, view)) {
    const since = device.lastSeen === null ? 'yet' : `since ${device.lastSeen.toISOString()}`;
    return { status: 'Unknown', info: `The device has not been heard of ${since}.` };
  }
  return withInfo(toldSummary(device), textAt(device.status, 'summary', 'info'));
}

/** What the device says of itself; the two states that are the service's to say, it cannot claim. */
function toldSummary(device: DeviceRecord): DeviceSummaryStatusType {
  const told = deviceSummaryStatusTypeSchema.safeParse(textAt(device.status, 'summary', 'status'));
  if (!told.success || told.data === 'AwaitingReconnect' || told.data === 'ConflictPaused') return 'Online';
  return told.data;
}

function withInfo<Status>(status: Status, info: string | undefined): { status: Status; info?: string } {
  return info === undefined ? { status } : { status, info };
}

/** `status.updated`: whether the device runs the newest there is for it. */
export function updatedOf(device: DeviceRecord, view: Viewpoint): DeviceUpdatedStatus {
  const { server, reported } = device.state;
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
  if (device.lastSeen === null) return { status: 'Unknown', info: 'The device has not reported yet.' };
  if (!device.renderPending && reported?.version === server.version) return { status: 'UpToDate' };
  const updating = textAt(device.status, 'updated', 'status') === 'Updating';
  return withInfo(updating ? 'Updating' : 'OutOfDate', textAt(device.status, 'updated', 'info'));
}

export function isDisconnected({ lastSeen }: DeviceRecord, { now, disconnectedAfterMs }: Viewpoint): boolean {
  return lastSeen === null || lastSeen.getTime() < now.getTime() - disconnectedAfterMs;
}

/** A text of a reported document, which may be of any shape. */
export function textAt(document: unknown, ...path: readonly string[]): string | undefined {
  let at: unknown = document;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || Array.isArray(at)) return undefined;
    at = Object.getOwnPropertyDescriptor(at, key)?.value;
  }
  return typeof at === 'string' ? at : undefined;
}
