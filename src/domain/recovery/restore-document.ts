import { answerTimeQuantile, type BucketCount } from './answer-times.ts';
import type { JournalFindings } from '../journal-facts/findings.ts';
import type { Restore, RestorePhase } from '../resources/restore.ts';
import type { RestoreBackup } from '../resources/restore.ts';

/** A restore as it is stored, counters included. */
export type RestoreFacts = {
  readonly id: string;
  readonly previous: string | null;
  readonly declaredAt: Date;
  readonly declaredBy: string;
  readonly reason: string | null;
  readonly backup: RestoreBackup | null;
  /** Numbers of what was found in the journal; null where there was none. */
  readonly journal: JournalFindings | null;
  readonly supersededAt: Date | null;
  readonly settledAt: Date | null;
  readonly firstAnswerAt: Date | null;
  readonly lastAnswerAt: Date | null;
  readonly total: number;
  readonly awaiting: number;
  readonly answered: number;
  readonly inSync: number;
  readonly behind: number;
  readonly conflictPaused: number;
  readonly resumed: number;
  readonly adopted: number;
};

export function phaseOf({ supersededAt, settledAt }: RestoreFacts): RestorePhase {
  if (supersededAt !== null) return 'Superseded';
  return settledAt === null ? 'Mustering' : 'Settled';
}

/**
 * Seconds after the declaration until a share of all devices had answered; null while fewer have. The histogram is at most
 * 5 % too high, but never later than the last answer.
 */
export function reconnectSeconds(
  restore: RestoreFacts,
  histogram: readonly BucketCount[],
  share: number,
): number | null {
  // The devices that had to answer, without those that were written off meanwhile.
  const expected = restore.answered + restore.awaiting;
  const seconds = expected === 0 ? null : answerTimeQuantile(histogram, expected, share);
  if (seconds === null || restore.lastAnswerAt === null) return seconds;
  return Math.min(seconds, (restore.lastAnswerAt.getTime() - restore.declaredAt.getTime()) / 1_000);
}

function shownFindings({ lostPositions, lostDocuments, unreadable, problem }: JournalFindings) {
  return { lostPositions, lostDocuments, unreadable, problem };
}

/** A restore as the API shows it. */
export function restoreDocument(restore: RestoreFacts, histogram: readonly BucketCount[]): Restore {
  const quantile = (share: number) => reconnectSeconds(restore, histogram, share);
  return {
    apiVersion: 'muster/v1',
    kind: 'Restore',
    metadata: { name: restore.id, creationTimestamp: restore.declaredAt.toISOString() },
    spec: {
      ...(restore.reason === null ? {} : { reason: restore.reason }),
      ...(restore.backup === null ? {} : { backup: restore.backup }),
      declaredBy: restore.declaredBy,
      previous: restore.previous,
    },
    status: {
      phase: phaseOf(restore),
      devices: {
        total: restore.total,
        awaitingReconnect: restore.awaiting,
        answered: restore.answered,
        inSync: restore.inSync,
        behind: restore.behind,
        conflictPaused: restore.conflictPaused,
        resumed: restore.resumed,
        adopted: restore.adopted,
      },
      firstAnswerAt: restore.firstAnswerAt?.toISOString() ?? null,
      lastAnswerAt: restore.lastAnswerAt?.toISOString() ?? null,
      settledAt: restore.settledAt?.toISOString() ?? null,
      reconnect: { p50Seconds: quantile(0.5), p95Seconds: quantile(0.95), p99Seconds: quantile(0.99) },
      ...(restore.journal === null ? {} : { journal: shownFindings(restore.journal) }),
    },
  };
}
