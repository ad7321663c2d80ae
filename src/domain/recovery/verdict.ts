import { leftAt, type DevicePosition, type ServerPosition } from './position.ts';

/** The results of comparing a device's position with the server's. */
export const verdicts = ['InSync', 'Behind', 'Ahead', 'Diverged'] as const;
export type Verdict = (typeof verdicts)[number];

/** A verdict that pauses a device until a person decides. */
export type ConflictVerdict = Extract<Verdict, 'Ahead' | 'Diverged'>;

export type Judgement = {
  readonly verdict: Verdict;
  /** The reason, for people: both positions as far as they matter. */
  readonly info: string;
};

/**
 * Compares the position of a device with the server's (design.md, section 4): a device whose position is an ancestor of the
 * server's is safe, any other is in conflict. Pure, and total over well-formed positions.
 */
export function judge(server: ServerPosition, device: DevicePosition): Judgement {
  if (device.version === 0) return { verdict: 'Behind', info: 'The device has no rendered spec yet.' };

  if (device.timeline !== null) {
    const left = leftAt(server, device.timeline);
    if (left === undefined) {
      return {
        verdict: 'Diverged',
        info: `The device runs version ${device.version} of timeline ${device.timeline}, which is not in this server's history.`,
      };
    }
    if (device.version > left) {
      return {
        verdict: 'Ahead',
        info: `The device runs version ${device.version} of timeline ${device.timeline}, which this server left at version ${left}.`,
      };
    }
  }

  if (device.version > server.version) {
    return {
      verdict: 'Ahead',
      info: `The device runs version ${device.version}; this server has rendered up to version ${server.version}.`,
    };
  }
  if (device.version < server.version) {
    return { verdict: 'Behind', info: `The device runs version ${device.version} of ${server.version}.` };
  }
  if (server.specHash !== null && device.specHash !== null && server.specHash !== device.specHash) {
    return {
      verdict: 'Diverged',
      info: `The device and this server both say version ${device.version}, but their specs differ (device ${device.specHash.slice(0, 12)}, server ${server.specHash.slice(0, 12)}).`,
    };
  }
  return { verdict: 'InSync', info: `The device runs version ${device.version}, the newest there is.` };
}

export function isConflict(verdict: Verdict): verdict is ConflictVerdict {
  switch (verdict) {
    case 'Ahead':
    case 'Diverged':
      return true;
    case 'InSync':
    case 'Behind':
      return false;
    default:
      return verdict satisfies never;
  }
}
