import { gateOf, nextGate, type Gate } from './gate.ts';
import type { DevicePosition, ServerPosition } from './position.ts';
import { isConflict, judge, type ConflictVerdict, type Judgement } from './verdict.ts';

/** A device's conflict: what was found, and when first. */
export type Conflict = { readonly verdict: ConflictVerdict; readonly info: string; readonly since: Date };

/** What is known of a device that is about to be judged. */
export type JudgedState = {
  /** Decommissioning and decommissioned devices are not judged. */
  readonly mustered: boolean;
  readonly server: ServerPosition;
  /** The highest position the device ever proved to be at; null before its first report. */
  readonly reported: DevicePosition | null;
  readonly answeredRestore: string;
  readonly conflict: Conflict | null;
};

/** What a report changes, and what the device is told. */
export type Decision = {
  readonly judgement: Judgement;
  readonly gateBefore: Gate;
  readonly gate: Gate;
  /** The device had not answered the current restore before this report. */
  readonly firstAnswer: boolean;
  readonly state: JudgedState;
};

/**
 * Decides one report. Applied to every report, not only the first after a restore. A conflict, once found, stays: no
 * later report clears it. The highest proven position wins, so the order in which duplicates arrive does not matter
 * (invariant S4).
 */
export function decide(state: JudgedState, report: DevicePosition, currentRestore: string, now: Date): Decision {
  const judgement = judge(state.server, report);
  const gateBefore = gateOf(state, currentRestore);
  if (!state.mustered) return { judgement, gateBefore, gate: gateBefore, firstAnswer: false, state };
  const conflict = mergeConflict(state.conflict, judgement, report, state.reported, now);
  const cause = conflict === null ? 'AnsweredAncestor' : 'AnsweredConflict';
  return {
    judgement,
    gateBefore,
    gate: nextGate(gateBefore, cause) ?? gateBefore,
    firstAnswer: gateBefore === 'AwaitingReconnect',
    state: {
      mustered: true,
      server: state.server,
      reported: highest(state.reported, report),
      answeredRestore: currentRestore,
      conflict,
    },
  };
}

function mergeConflict(
  known: Conflict | null,
  { verdict, info }: Judgement,
  report: DevicePosition,
  reported: DevicePosition | null,
  now: Date,
): Conflict | null {
  if (!isConflict(verdict)) return known;
  if (known === null) return { verdict, info, since: now };
  return highest(reported, report) === report ? { verdict, info, since: known.since } : known;
}

/**
 * The higher of two positions of one device. Versions handed to a device strictly increase over any number of restores
 * (invariant S3), so the number alone orders its history; of two equal ones, the newer tells at least as much.
 */
export function highest(known: DevicePosition | null, report: DevicePosition): DevicePosition {
  if (known === null || report.version > known.version) return report;
  if (report.version < known.version) return known;
  const saysMore = report.timeline !== null || known.timeline === null;
  return saysMore ? report : known;
}
