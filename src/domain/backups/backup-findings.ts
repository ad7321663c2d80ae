import type { KeptBackup } from './prune-choice.ts';

/** State of a directory of backups. */
export type BackupsState = {
  readonly backups: readonly KeptBackup[];
  /** Descriptions of backups that cannot be read. */
  readonly unreadable: readonly string[];
  /** The last attempt that failed, unless a backup was made since. */
  readonly failure: { readonly at: string; readonly message: string } | undefined;
  /** Share of the space of the disk that is used, 0 to 1. */
  readonly used: number;
};

export type BackupLimits = {
  /** Greatest age of the newest verified backup. Milliseconds. */
  readonly oldestMs: number;
  /** Verified backups that there should be. */
  readonly copies: number;
  /** Greatest share of the disk's space that may be used, 0 to 1. */
  readonly used: number;
};

export type BackupFinding = {
  readonly what: 'age' | 'copies' | 'contents' | 'last attempt' | 'space';
  readonly ok: boolean;
  readonly found: string;
};

/** Checks that backups would serve a restore now. Pure. */
export function examineBackups(state: BackupsState, limits: BackupLimits, now: Date): BackupFinding[] {
  const verified = state.backups.filter(({ verification }) => verification?.faults.length === 0);
  const faulty = state.backups.filter(({ verification }) => (verification?.faults.length ?? 0) > 0);
  const newest = Math.max(...verified.map(({ manifest }) => Date.parse(manifest.takenAt)));
  const hours = (ms: number) => `${Math.floor(ms / 3_600_000)} h`;
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  const broken = [...faulty.map(({ manifest }) => `${manifest.id} failed its verification`), ...state.unreadable];
  return [
    {
      what: 'age',
      ok: now.getTime() - newest <= limits.oldestMs,
      found:
        verified.length === 0
          ? 'there is no verified backup'
          : `the newest verified backup is ${hours(now.getTime() - newest)} old; at most ${hours(limits.oldestMs)} are wanted`,
    },
    {
      what: 'copies',
      ok: verified.length >= limits.copies,
      found: `${verified.length} of ${state.backups.length} backups are verified; at least ${limits.copies} are wanted`,
    },
    {
      what: 'contents',
      ok: broken.length === 0,
      found: broken.length === 0 ? 'no backup is known to be broken' : broken.join('; '),
    },
    {
      what: 'last attempt',
      ok: state.failure === undefined,
      found:
        state.failure === undefined ? 'it did not fail' : `it failed at ${state.failure.at}: ${state.failure.message}`,
    },
    {
      what: 'space',
      ok: state.used <= limits.used,
      found: `${percent(state.used)} of the disk is used; at most ${percent(limits.used)} are wanted`,
    },
  ];
}
