import type { BackupManifest, Verification } from './backup-manifest.ts';

/** A backup as pruning sees it. */
export type KeptBackup = {
  readonly manifest: Pick<BackupManifest, 'id' | 'takenAt' | 'hold'>;
  readonly verification: Verification | undefined;
};

export type PruneRules = {
  /** Backups that are younger than this stay. Milliseconds. */
  readonly keepWithinMs: number;
  /** The newest backup of each of so many days, newest first and in UTC, stays. */
  readonly keepDaily: number;
  /** Verified backups that are left at least. */
  readonly keepAtLeast: number;
};

export type PruneChoice = {
  readonly id: string;
  /** Reason why it stays; undefined for one that is to be removed. */
  readonly kept: string | undefined;
};

/**
 * Chooses which backups are to be removed, newest first. What is held, what is not verified, the newest verified one and the last
 * `keepAtLeast` verified ones always stay (recovery.md, "A backup"). Pure.
 */
export function choosePruned(backups: readonly KeptBackup[], rules: PruneRules, now: Date): PruneChoice[] {
  const newestFirst = backups.toSorted((a, b) => Date.parse(b.manifest.takenAt) - Date.parse(a.manifest.takenAt));
  const verified = newestFirst.filter(isVerified);
  const atLeast = new Set(lastVerified(newestFirst, rules));
  const daily = newestOfDays(verified, rules.keepDaily);
  return newestFirst.map((backup) => {
    const { id, takenAt, hold } = backup.manifest;
    const kept = [
      hold && 'held',
      !isVerified(backup) && (backup.verification === undefined ? 'not verified' : 'its verification failed'),
      now.getTime() - Date.parse(takenAt) < rules.keepWithinMs && 'young enough',
      daily.has(backup) && 'the newest of its day',
      atLeast.has(backup) && (backup === verified[0] ? 'the newest verified one' : 'one of the last verified ones'),
    ].find((reason) => reason !== false);
    return { id, kept };
  });
}

/** The backups that pruning counts on: the last `keepAtLeast` verified ones. The newest stays even where nothing has to be left. */
export function lastVerified<Kept extends KeptBackup>(
  backups: readonly Kept[],
  { keepAtLeast }: Pick<PruneRules, 'keepAtLeast'>,
): Kept[] {
  const verified = backups.filter(isVerified);
  return verified
    .toSorted((a, b) => Date.parse(b.manifest.takenAt) - Date.parse(a.manifest.takenAt))
    .slice(0, Math.max(1, keepAtLeast));
}

function isVerified({ verification }: KeptBackup): boolean {
  return verification?.faults.length === 0;
}

function newestOfDays(newestFirst: readonly KeptBackup[], days: number): Set<KeptBackup> {
  const newest = new Map<string, KeptBackup>();
  for (const backup of newestFirst) {
    const day = backup.manifest.takenAt.slice(0, 10);
    if (newest.size < days && !newest.has(day)) newest.set(day, backup);
  }
  return new Set(newest.values());
}
