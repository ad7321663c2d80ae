import type { DevicePosition, ServerPosition } from '../recovery/position.ts';
import { isConflict, judge } from '../recovery/verdict.ts';

/** A position that was rendered for a device and that the restored database does not know. */
export type LostPosition = { readonly timeline: string; readonly version: number; readonly specHash: string };

/**
 * True if a rendered position lies past or beside the one that the database has. Pure.
 *
 * @param server undefined for a device that the database does not have
 */
export function isLost(server: ServerPosition | undefined, position: LostPosition): boolean {
  return server === undefined || isConflict(judge(server, position).verdict);
}

/**
 * Completes a report that states only a number with the timeline and the hash of the lost position of that number, so that it is
 * judged as if it had stated them. Stating more never makes a judgement milder, so the journal can close a gate and never
 * opens one (invariant S11). Pure.
 *
 * @param lost positions of the device
 * @param reported the highest position that the device has reported so far, which may have been completed in this way
 */
export function completedByJournal(
  lost: readonly LostPosition[],
  { server, reported }: { readonly server: ServerPosition; readonly reported: DevicePosition | null },
  report: DevicePosition,
): DevicePosition {
  if (report.version === 0 || report.timeline !== null || report.specHash !== null) return report;
  const candidates = lost.filter(({ version }) => version === report.version);
  // A person may have decided about the position that it was completed to before: it keeps that one.
  const known = candidates.find(
    ({ version, timeline }) => version === reported?.version && timeline === reported.timeline,
  );
  return known ?? candidates.find((position) => isConflict(judge(server, position).verdict)) ?? report;
}
