import { byService, type NewEvent } from '../event.ts';
import { matchesLabels, type LabelSelector } from '../selectors/label-selector.ts';

/** Which fleet a device belongs to. */
export type Ownership = {
  /** `Fleet/<name>` or null. */
  readonly owner: string | null;
  /** All fleets that match, sorted, where several do although a device can have but one owner; else null. */
  readonly matchingFleets: readonly string[] | null;
};

/** The ownership of a device that no fleet matches. */
export const unowned: Ownership = { owner: null, matchingFleets: null };

/** A fleet, and the devices that it selects. */
export type FleetRule = { readonly name: string; readonly selector: LabelSelector | 'nothing' };

const ownerPrefix = 'Fleet/';

/** The owner that the devices of a fleet have. */
export function ownerNamed(fleet: string): string {
  return `${ownerPrefix}${fleet}`;
}

/** The fleet that an owner is. */
export function fleetNamed(owner: string): string {
  return owner.slice(ownerPrefix.length);
}

/**
 * Which fleet owns a device of these labels: the one that matches. Where several do, nothing changes until a person
 * makes the choice clear, save that a fleet that is gone owns nothing.
 *
 * @param fleets all there are
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

/** Whether several fleets match in both, and the same, or at most one in both. */
function isSameMatch(before: Ownership, after: Ownership): boolean {
  return before.matchingFleets?.join(',') === after.matchingFleets?.join(',');
}

export function isSameOwnership(before: Ownership, after: Ownership): boolean {
  return before.owner === after.owner && isSameMatch(before, after);
}

/** The events of several fleets matching a device, or no longer doing so: one for each change of that set. */
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
      message: owner === null ? 'No fleet matches any more.' : `Only ${owner} matches now.`,
      details: {
        detailType: 'DeviceMultipleOwnersResolved',
        resolutionType: cause === 'FleetDeleted' ? 'FleetDeleted' : byLabels,
        assignedOwner: owner,
        previousMatchingFleets: [...(before.matchingFleets ?? [])],
      },
    },
  ];
}
