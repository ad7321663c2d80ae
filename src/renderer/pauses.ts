import type { Clock } from '../time/clock.ts';

const firstPauseMs = 1_000;
const maxPauseMs = 60_000;
/** Failures remembered at once; past it the one that failed first is forgotten. */
const maxPauses = 1_000;

type Pause = { readonly failures: number; readonly until: number; readonly reason: string };

/** Keys that failed for a reason that may pass, and are left alone meanwhile: for a second, twice as long each time, at most a minute. */
export class Pauses {
  private readonly clock: Clock;
  private readonly pauses = new Map<string, Pause>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Why something is left alone now; undefined if it may be tried. */
  reason(key: string): string | undefined {
    const pause = this.pauses.get(key);
    return pause !== undefined && this.clock.now().getTime() < pause.until ? pause.reason : undefined;
  }

  /** Notes a failure. Failures of tries that began before the last pause did are no further ones. */
  failed(key: string, reason: string, triedAt: number): void {
    const before = this.pauses.get(key);
    if (before !== undefined && triedAt < before.until) return;
    const failures = (before?.failures ?? 0) + 1;
    const lengthMs = Math.min(firstPauseMs * 2 ** (failures - 1), maxPauseMs);
    this.pauses.delete(key);
    this.pauses.set(key, { failures, until: this.clock.now().getTime() + lengthMs, reason });
    const [oldest] = this.pauses.keys();
    if (this.pauses.size > maxPauses && oldest !== undefined) this.pauses.delete(oldest);
  }

  succeeded(key: string): void {
    this.pauses.delete(key);
  }
}
