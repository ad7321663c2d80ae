import type { DevicePosition } from './position.ts';

/** The version that the device of a report has applied. */
type AppliedClaim = {
  /**
   * The version that the device says it has applied. Null where the report says nothing of that, absent where it says only
   * what the device has received, as a poll does.
   */
  readonly applied?: number | null;
  readonly position: DevicePosition | null;
};

/**
 * The version that counts as applied after a report. A device that received a version may still be fetching it, wait for
 * its window or have failed. So what it received counts only where nothing better is known: nothing was known so far, what
 * was known came with the backup, or it is lower than what was known, which means that the device went back.
 *
 * @param known what counted before; null for nothing
 * @param fromBackup the device has said nothing of what it has applied since the restore
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
