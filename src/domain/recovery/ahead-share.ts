/** Least number of devices ahead that can mean a fault of the server; fewer may each have their own fault. */
const minAheadDevices = 3;

/** Longest pause between two restores declared because devices were ahead, in milliseconds. */
const maxPauseMs = 24 * 3_600_000;

/**
 * Largest number of reporting devices of which this many ahead are a large enough share to mean that the server went back
 * (design.md, section 5). A few devices of very many are never enough, because devices are not trusted to stamp the fleet.
 *
 * @param percent the share, from 1 to 100
 * @returns undefined if too few are ahead for any share to count
 */
export function mostReporting(ahead: number, percent: number): number | undefined {
  return ahead < minAheadDevices ? undefined : Math.floor((ahead * 100) / percent);
}

/**
 * True if the pause since the last restore declared because devices were ahead is over. The pause doubles with each such
 * restore declared within the longest pause before.
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
