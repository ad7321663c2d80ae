import { findingsIn, type Area, type Finding } from './finding.ts';

/** Clocks further apart than this make times that come from both hard to compare. */
const toleranceMs = 1_000;

/**
 * Judges a server's clock.
 *
 * @param aheadMs by how much it is ahead of the one here, in milliseconds
 * @param why what depends on both
 */
export function judgeClock(area: Area, aheadMs: number, why: string): Finding {
  const { ok, warning } = findingsIn(area);
  if (Math.abs(aheadMs) <= toleranceMs) return ok(`its clock and the one here are ${timeSpan(aheadMs)} apart`);
  return warning(
    `its clock is ${timeSpan(aheadMs)} ${aheadMs > 0 ? 'ahead of' : 'behind'} the one here`,
    `Synchronise the clocks of both machines (chrony, systemd-timesyncd): ${why}.`,
  );
}

/** A span of time for people: milliseconds up to a second, else seconds with one digit. */
function timeSpan(ms: number): string {
  const length = Math.abs(ms);
  return length < 1_000 ? `${Math.round(length)} ms` : `${(length / 1_000).toFixed(1)} s`;
}
