import { byService, type NewEvent } from '../event.ts';
import { matchesLabels, type LabelSelector } from '../selectors/label-selector.ts';

/** The fleet that a device belongs to. */
export type Ownership = {
  /** `Fleet/<name>` or null. */
  readonly owner: string | null;
  /** All matching fleets, sorted, if more than one matches (a device can have only one owner); else null. */
  readonly matchingFleets: readonly string[] | null;
};

/** The ownership of a device that no fleet matches. */
export const unowned: Ownership = { owner: null, matchingFleets: null };

/** A fleet, and its selector for devices. */
export type FleetRule = { readonly name: string; readonly selector: LabelSelector | 'nothing' };

const ownerPrefix = 'Fleet/';

/** The `owner` of a fleet's devices. */
export function ownerNamed(fleet: string): string {
  return `${ownerPrefix}${fleet}`;
}

/** The name of the fleet in an `owner`. */
export function fleetNamed(owner: string): string {
  return owner.slice(ownerPrefix.length);
}

/**
 * Decides which fleet owns a device with these labels: the one that matches. If several match, the owner stays until a
 * person makes the choice clear, except that a deleted fleet owns nothing.
 *
 * @param fleets all fleets
 */
export function decideOwnership(
  labels: Readonly<Record<string, string>>,
  current: Ownership,
  fleets: readonly FleetRule[],
): Ownership {
  const matching = fleets.filter(({ selector }) => selector !== 'nothing' && matchesLabels(selector, labels));
  const names = matching.map(({ name }) => name).toSorted();
  const [first] = names;
  if (first === undefined) return unowned;
  if (names.length === 1) return { owner: ownerNamed(first), matchingFleets: null };
  const exists = fleets.some(({ name }) => ownerNamed(name) === current.owner);
  return { owner: exists ? current.owner : null, matchingFleets: names };
}

/** True if the same several fleets match in both, or at most one in both. */
function isSameMatch(before: Ownership, after: Ownership): boolean {
  return before.matchingFleets?.join(',') === after.matchingFleets?.join(',');
}

export function isSameOwnership(before: Ownership, after: Ownership): boolean {
  return before.owner === after.owner && isSameMatch(before, after);
}

/** The events that several fleets match a device, or no longer do: one each time the set changes. */
export function matchEvents(
  device: string,
  before: Ownership,
  after: Ownership,
  cause: 'Labels' | 'FleetDeleted' = 'Labels',
): NewEvent[] {
  if (isSameMatch(before, after)) return [];
  const common = { involved: { kind: 'Device', name: device }, by: byService } as const;
  const { owner, matchingFleets } = after;
  if (matchingFleets !== null) {
    return [
      {
        ...common,
        type: 'Warning',
        reason: 'DeviceMultipleOwnersDetected',
        message: `Several fleets match: ${matchingFleets.join(', ')}. The owner stays ${owner ?? 'none'}.`,
        details: { detailType: 'DeviceMultipleOwnersDetected', matchingFleets: [...matchingFleets] },
      },
    ];
  }
  const byLabels = owner === null ? 'NoMatch' : 'SingleMatch';
  return [
    {
      ...common,
      type: 'Normal',
      reason: 'DeviceMultipleOwnersResolved',
      message: owner === null ? 'No fleet matches now.' : `Only ${owner} matches now.`,
      details: {
        detailType: 'DeviceMultipleOwnersResolved',
        resolutionType: cause === 'FleetDeleted' ? 'FleetDeleted' : byLabels,
        assignedOwner: owner,
        previousMatchingFleets: [...(before.matchingFleets ?? [])],
      },
    },
  ];
}
