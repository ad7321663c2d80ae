import type { Executor } from '../db/client.ts';
import { wantRendering } from '../db/device-writes.ts';
import { appendEvents } from '../db/event-log.ts';
import { readOwnership, saveOwnership } from '../db/ownership-store.ts';
import { lockPositions } from '../db/position-store.ts';
import { serviceActor, type NewEvent } from '../domain/event.ts';
import { gateOf } from '../domain/gate.ts';
import { decideOwnership, isSameOwnership, matchEvents, type FleetRule, type Ownership } from '../domain/ownership.ts';
import { updatedEvent } from '../domain/resource-events.ts';

type Review = {
  readonly restore: string;
  readonly now: Date;
  /** All fleets there are, or will be once this commits. */
  readonly fleets: readonly FleetRule[];
  /** Devices of this owner want rendering whether or not they change hands. */
  readonly refresh?: string;
  readonly cause?: 'FleetDeleted';
};

/**
 * Decides anew who owns devices, and lets those whose owner or template is another now be rendered. Doing it twice does
 * no harm. The restore must be held, and the fleets held or locked.
 *
 * @returns the names of devices that want rendering and may be rendered
 */
export async function reviewOwnership(tx: Executor, names: readonly string[], review: Review): Promise<string[]> {
  const { restore, now, fleets, refresh, cause } = review;
  const rows = await lockPositions(tx, names);
  const changed: Array<Ownership & { name: string }> = [];
  const wanting: string[] = [];
  const events: NewEvent[] = [];
  for (const device of await readOwnership(tx, names)) {
    const { name } = device;
    const after = decideOwnership(device.labels, device, fleets);
    if (after.owner !== device.owner || (refresh !== undefined && after.owner === refresh)) wanting.push(name);
    if (isSameOwnership(device, after)) continue;
    changed.push({ name, ...after });
    if (after.owner !== device.owner) {
      events.push(updatedEvent({ kind: 'Device', name }, ['owner'], serviceActor, { before: device, after }));
    }
    events.push(...matchEvents(name, device, after, cause));
  }
  await wantRendering(tx, wanting, now);
  await saveOwnership(tx, changed);
  await appendEvents(tx, events, { restore, now });
  return wanting.filter((name) => {
    const row = rows.get(name);
    return row !== undefined && gateOf(row.state, restore) === 'Open';
  });
}
