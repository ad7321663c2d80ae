import type { Claim } from './history.ts';
import type { Ancestor, Replay } from './model.ts';

type Full = { readonly timeline: string; readonly version: number; readonly hash: string | null };

/** True if a claim states a whole position, so that it can be looked up. */
export function isFull(claim: Claim): claim is Full {
  return claim.timeline !== null && claim.version > 0;
}

/** The ancestors of each position, from the records of the databases. */
export class Ancestry {
  private readonly replays: readonly Replay[];

  constructor(replays: readonly Replay[]) {
    this.replays = replays;
  }

  /** The databases in which this position was rendered for the device. */
  whereRendered(device: string, position: Full): Array<{ replay: Replay; at: Ancestor }> {
    return this.replays.flatMap((replay) => {
      const at = replay.devices
        .get(device)
        ?.ancestors.find((ancestor) => ancestor.how === 'rendered' && isSame(ancestor, position));
      return at === undefined ? [] : [{ replay, at }];
    });
  }

  /** True if a database itself had given a device this position by some time, or a person had made it an ancestor. */
  isHeld(device: string, claim: Full, replay: Replay, until: number): boolean {
    const ancestors = replay.devices.get(device)?.ancestors ?? [];
    return ancestors.some((ancestor) => ancestor.committed <= until && isSame(ancestor, claim));
  }

  /** True if a claim is an ancestor, or the last, of the positions that a database had given a device by some time. */
  isAncestor(device: string, claim: Full, replay: Replay, until: number, depth = 0): boolean {
    const ancestors = replay.devices.get(device)?.ancestors ?? [];
    return ancestors.some((ancestor) => {
      if (ancestor.committed > until) return false;
      if (isSame(ancestor, claim)) return true;
      if (ancestor.how === 'rendered' || ancestor.timeline === null || depth > 20) return false;
      // A person said that where the device was counts as an ancestor; so does whatever led there.
      const grafted = { ...ancestor, timeline: ancestor.timeline };
      return this.whereRendered(device, grafted).some(
        (found) =>
          found.replay !== replay && this.isAncestor(device, claim, found.replay, found.at.committed, depth + 1),
      );
    });
  }
}

function isSame(ancestor: Ancestor, position: Full): boolean {
  return (
    ancestor.timeline === position.timeline &&
    ancestor.version === position.version &&
    (ancestor.hash === null || position.hash === null || ancestor.hash === position.hash)
  );
}
