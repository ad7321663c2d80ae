import type { DevicePosition } from './position.ts';

/** The part of a report about the version that the device has applied. */
type AppliedClaim = {
  /**
   * The version that the device says it has applied. Null if the report does not say; absent if it says only what the
   * device has received, as a poll does.
   */
  readonly applied?: number | null;
  readonly position: DevicePosition | null;
};

/**
 * The version that counts as applied after a report. A device that received a version may still be fetching it, may wait
 * for its window, or may have failed. So a received version counts only if nothing better is known: nothing was known
 * before, the known version came with the backup, or the received one is lower, which means that the device went back.
 *
 * @param known the version that counted before; null if none did
 * @param fromBackup true if the device has not reported an applied version since the restore
 */
export function appliedAfter(
  known: number | null,
  { applied, position }: AppliedClaim,
  fromBackup: boolean,
): number | null {
  if (applied !== undefined) return applied ?? known;
  if (position === null) return known;
  return known === null || fromBackup || position.version < known ? position.version : known;
}
