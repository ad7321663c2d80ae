import { gateOf, nextGate, type Gate } from './gate.ts';
import { graft, type DevicePosition, type ServerPosition } from './position.ts';
import { isConflict, judge, type ConflictVerdict, type Judgement } from './verdict.ts';

/** A device's conflict: its verdict, and the time at which it was first found. */
type Conflict = { readonly verdict: ConflictVerdict; readonly info: string; readonly since: Date };

/** The known facts about a device that is about to be judged. */
export type JudgedState = {
  /** Decommissioning and decommissioned devices are not judged. */
  readonly mustered: boolean;
  readonly server: ServerPosition;
  /** The highest position that the device ever reported; null before its first report. */
  readonly reported: DevicePosition | null;
  /** The restore that the device last answered; for a decommissioning device, the restore in which that was ordered. */
  readonly answeredRestore: string;
  readonly conflict: Conflict | null;
};

/** The changes that a report makes, and the answer to the device. */
export type Decision = {
  readonly judgement: Judgement;
  readonly gateBefore: Gate;
  readonly gate: Gate;
  /** The device had not answered the current restore before this report. */
  readonly firstAnswer: boolean;
  /** The position of a decommissioning device was joined to the server's, and its order must be rendered anew. */
  readonly orderOvertaken: boolean;
  readonly state: JudgedState;
};

/**
 * Decides one report. Applied to every report, not only the first after a restore. A conflict, once found, stays: no later
 * report clears it. The position to keep depends on the content of reports, never on their time, so the order in which
 * duplicates arrive does not matter (invariant S4).
 *
 * @param appliedOnly the report says only what the device has applied, as a status does. The device may have received a
 * newer version since, so such a report can pause it but never opens a gate. Otherwise a version rendered meanwhile could
 * get the number of a version that the device received from the lost server, and the conflict would never show.
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
 * True if a device was ordered to decommission itself in the current restore. The order then holds wherever the device is,
 * as a resume does: an agent that is ahead would drop it as old. An order that came with a backup does not hold: it may
 * have been withdrawn since, and would then erase a device that is in use.
 */
function isOrderOf({ mustered, answeredRestore }: JudgedState, currentRestore: string): boolean {
  return !mustered && answeredRestore === currentRestore;
}

/**
 * The position to keep of a device, for a person to decide about. A position in conflict wins over one that is already in
 * this server's history: the latter is below the server's version anyway, and would hide from a resume the position that
 * must be grafted. Between two of the same kind the higher one wins.
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
 * (invariant S3), so the number alone orders its history. Between two with the same number the one that states more wins,
 * then the one of the newer timeline (their ids sort by time); if only the stated hash differs, the report wins.
 */
export function highest(known: DevicePosition | null, report: DevicePosition): DevicePosition {
  if (known === null) return report;
  if (known.version !== report.version) return report.version > known.version ? report : known;
  if (known.timeline !== report.timeline) return (report.timeline ?? '') > (known.timeline ?? '') ? report : known;
  return report.specHash === null ? known : report;
}
