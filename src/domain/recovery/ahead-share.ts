/** Devices that are ahead below this number say nothing of the server: each may have a fault of its own. */
const minAheadDevices = 3;

/** Longest pause between two restores that rest on devices being ahead, in milliseconds. */
const maxPauseMs = 24 * 3_600_000;

/**
 * Devices that must be reporting, at the most, for this many that are ahead to be the share of them that means that the server
 * went back (design.md, section 5): devices are not trusted to stamp the fleet, so a few of very many never do.
 *
 * @param percent the share, from 1 to 100
 * @returns undefined where so few are ahead that no share of any number counts
 */
export function mostReporting(ahead: number, percent: number): number | undefined {
  return ahead < minAheadDevices ? undefined : Math.floor((ahead * 100) / percent);
}

/**
 * The pause after the last restore that rested on devices being ahead, before the next such one may be declared: it doubles with
 * each that was declared within the longest pause before.
 *
 * @param declared times of those restores, newest first
 */
export function mayRestOnDevicesAgain(declared: readonly Date[], firstPauseMs: number, now: Date): boolean {
  const [last] = declared;
  if (last === undefined) return true;
  const recent = declared.filter((at) => last.getTime() - at.getTime() < maxPauseMs).length;
  const pauseMs = Math.min(maxPauseMs, firstPauseMs * 2 ** (recent - 1));
  return now.getTime() - last.getTime() >= pauseMs;
}
