/** A burst may use up what this many seconds allow at once. */
const burstSeconds = 10;
/** Below this many remembered callers nothing is forgotten. */
const leastRemembered = 10_000;

/**
 * How often each of many callers may ask: so often a second in the long run, and ten seconds' worth at once. In memory
 * of one process. Costs a look-up in a map and a number a caller, for it stands in the way of every report.
 *
 * The generic cell rate algorithm (ITU-T I.371, annex A, virtual scheduling): each request pays for a slice of time,
 * and nobody may have paid too far ahead.
 */
export class RateLimiter {
  /** Until when each caller has paid, in milliseconds of the same clock as `nowMs`. A time that has passed says nothing. */
  private readonly paidUntilMs = new Map<string, number>();
  private readonly sliceMs: number;
  private readonly mostAheadMs: number;
  private forgetAt = leastRemembered;

  /** @param perSecond how often a caller may ask in the long run; 0 as often as it likes */
  constructor(perSecond: number) {
    this.sliceMs = perSecond === 0 ? 0 : 1_000 / perSecond;
    this.mostAheadMs = burstSeconds * 1_000;
  }

  /**
   * Asks once.
   *
   * @param nowMs of a clock that never goes back, such as `performance.now()`
   * @returns 0 if the caller may; else how many milliseconds it should wait, and nothing was paid
   */
  take(caller: string, nowMs: number): number {
    if (this.sliceMs === 0) return 0;
    const paidUntilMs = Math.max(this.paidUntilMs.get(caller) ?? 0, nowMs) + this.sliceMs;
    const tooFarMs = paidUntilMs - nowMs - this.mostAheadMs;
    // Sums of slices are not exact: the last request of a full burst must not fail by a rounding.
    if (tooFarMs > 1e-6) return tooFarMs;
    this.paidUntilMs.set(caller, paidUntilMs);
    if (this.paidUntilMs.size >= this.forgetAt) this.forget(nowMs);
    return 0;
  }

  /** How many callers are remembered. */
  get size(): number {
    return this.paidUntilMs.size;
  }

  /** A caller that has paid for nothing to come is as one that never came. Run so seldom that it costs each request little. */
  private forget(nowMs: number): void {
    for (const [caller, paidUntilMs] of this.paidUntilMs) {
      if (paidUntilMs <= nowMs) this.paidUntilMs.delete(caller);
    }
    this.forgetAt = Math.max(leastRemembered, 2 * this.paidUntilMs.size);
  }
}
