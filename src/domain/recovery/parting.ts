import { leftAt, type DevicePosition, type ServerPosition } from './position.ts';

/**
 * The last position that the histories of a device and of the server share, as far as the two positions show it; null if
 * they do not.
 */
export function partedAt(server: ServerPosition, device: DevicePosition): { timeline: string; version: number } | null {
  const timeline = device.timeline ?? server.timeline;
  const left = leftAt(server, timeline);
  if (left === undefined) return null;
  if (device.version > left) return { timeline, version: left };
  // The same number with other content: at most the versions before it can be shared.
  return device.version === left ? { timeline, version: Math.max(0, left - 1) } : { timeline, version: device.version };
}
