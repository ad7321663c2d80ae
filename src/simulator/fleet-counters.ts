import type { Verdict } from '../domain/recovery/verdict.ts';
import { LatencyHistogram } from './latency-histogram.ts';

/** Kinds of errors that are told apart; further ones count as `other`. */
const maxErrorKinds = 30;

/** Counters of a simulated fleet. */
export class FleetCounters {
  /** Reports that were answered. */
  reports = 0;
  readonly verdicts: Record<Verdict, number> = { InSync: 0, Behind: 0, Ahead: 0, Diverged: 0 };
  specsApplied = 0;
  specsRefused = 0;
  /** Versions that a device failed to apply, and went back from. */
  specsFailed = 0;
  /** Statuses that were accepted over HTTP: devices send one only when something has changed. */
  statuses = 0;
  /** Times that a device was told to come back later. */
  turnedAway = 0;
  connects = 0;
  /** Devices that have been answered at least once. */
  readonly answered = new Set<string>();
  /** From a report to its answer, where the answer does not wait for news. */
  readonly latency = new LatencyHistogram();
  private readonly errorKinds = new Map<string, number>();

  error(kind: string): void {
    const known = this.errorKinds.has(kind) || this.errorKinds.size < maxErrorKinds ? kind : 'other';
    this.errorKinds.set(known, (this.errorKinds.get(known) ?? 0) + 1);
  }

  /** Kinds of errors, most frequent first. */
  get errors(): [string, number][] {
    return [...this.errorKinds].toSorted(([, a], [, b]) => b - a);
  }

  get errorCount(): number {
    return this.errors.reduce((sum, [, count]) => sum + count, 0);
  }
}
