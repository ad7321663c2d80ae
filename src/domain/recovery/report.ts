import { gateOf, nextGate, type Gate } from './gate.ts';
import { graft, type DevicePosition, type ServerPosition } from './position.ts';
import { isConflict, judge, type ConflictVerdict, type Judgement } from './verdict.ts';

/** A device's conflict: what was found, and when first. */
type Conflict = { readonly verdict: ConflictVerdict; readonly info: string; readonly since: Date };

/** What is known of a device that is about to be judged. */
export type JudgedState = {
  /** Decommissioning and decommissioned devices are not judged. */
  readonly mustered: boolean;
  readonly server: ServerPosition;
  /** The highest position the device ever proved to be at; null before its first report. */
  readonly reported: DevicePosition | null;
  /** The restore that the device last answered; of one that is to decommission itself, the restore in which that was ordered. */
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
  /** The position of a device that is to decommission itself was joined to the server's, and its order has to be rendered anew. */
  readonly orderOvertaken: boolean;
  readonly state: JudgedState;
};

/**
 * Decides one report. Applied to every report, not only the first after a restore. A conflict, once found, stays: no
 * later report clears it. The position to keep is chosen from what was reported, never from when, so the order in which
 * duplicates arrive does not matter (invariant S4).
 *
 * @param appliedOnly the report says what the device has applied, as a status does. The device may have received a newer
 * version since, so such a report can pause it and never opens a gate. A version rendered meanwhile could have the very
 * number that the device received from the lost server, and the conflict would never show.
 */
export function decide(
  state: JudgedState,
  report: DevicePosition,
  currentRestore: string,
  now: Date,
  { appliedOnly = false } = {},
): Decision {
  const judgement = judge(state.server, report);
  const gateBefore = gateOf(state, currentRestore);
  const unchanged = { judgement, gateBefore, gate: gateBefore, firstAnswer: false, orderOvertaken: false };
  if (!state.mustered) {
    const orderOvertaken = isConflict(judgement.verdict) && isOrderOf(state, currentRestore);
    return orderOvertaken
      ? {
          ...unchanged,
          orderOvertaken,
          state: { ...state, reported: report, server: graft(state.server, report, currentRestore) },
        }
      : { ...unchanged, state };
  }
  const reported = positionToKeep(state, report, judgement);
  const conflict = mergeConflict(state.conflict, judgement, reported === report, now);
  if (appliedOnly && gateBefore === 'AwaitingReconnect' && conflict === null) {
    return { ...unchanged, state: { ...state, reported } };
  }
  const cause = conflict === null ? 'AnsweredAncestor' : 'AnsweredConflict';
  return {
    judgement,
    gateBefore,
    gate: nextGate(gateBefore, cause),
    firstAnswer: gateBefore === 'AwaitingReconnect',
    orderOvertaken: false,
    state: {
      mustered: true,
      server: state.server,
      reported,
      answeredRestore: currentRestore,
      conflict,
    },
  };
}

/**
 * Tells whether a device was ordered to decommission itself in the current restore. The order then holds wherever the device
 * is, as a resume does: an agent that is ahead would drop it as old. An order that came with a backup does not: it may have
 * been taken back since, and then it would erase a device that is in use.
 */
function isOrderOf({ mustered, answeredRestore }: JudgedState, currentRestore: string): boolean {
  return !mustered && answeredRestore === currentRestore;
}

/**
 * Where the device counts as being, for a person to decide about. A position in conflict goes before one that this
 * server's history holds already: that one is below the server's version anyway, and would hide from a resume what has to
 * be grafted. Of two of a kind the higher one.
 */
function positionToKeep(
  { server, reported: known }: JudgedState,
  report: DevicePosition,
  judgement: Judgement,
): DevicePosition {
  if (known === null) return report;
  const reportConflicts = isConflict(judgement.verdict);
  const knownConflicts = isConflict(judge(server, known).verdict);
  if (reportConflicts !== knownConflicts) return reportConflicts ? report : known;
  return highest(known, report);
}

function mergeConflict(
  known: Conflict | null,
  { verdict, info }: Judgement,
  isKept: boolean,
  now: Date,
): Conflict | null {
  if (!isConflict(verdict)) return known;
  if (known === null) return { verdict, info, since: now };
  const saysSame = known.verdict === verdict && known.info === info;
  return isKept && !saysSame ? { verdict, info, since: known.since } : known;
}

/**
 * The higher of two positions of one device. Versions handed to a device strictly increase over any number of restores
 * (invariant S3), so the number alone orders its history. Of two with the same number the one that tells more goes first,
 * then the one of the newer timeline (their ids sort by time); of two that differ in nothing but a stated hash, the report.
 */
export function highest(known: DevicePosition | null, report: DevicePosition): DevicePosition {
  if (known === null) return report;
  if (known.version !== report.version) return report.version > known.version ? report : known;
  if (known.timeline !== report.timeline) return (report.timeline ?? '') > (known.timeline ?? '') ? report : known;
  return report.specHash === null ? known : report;
}
