/** The end of each bucket, as a multiple of the end of the one before: a percentile is at most 5 % too high. */
const growth = 1.05;
const firstEndMs = 0.1;
/** Past it (about ten minutes) everything counts as the same. */
const lastBucket = 320;

/** Counts spans of time in buckets, so that percentiles of any number of them take a bounded amount of memory. */
export class LatencyHistogram {
  private readonly buckets = Array.from({ length: lastBucket + 1 }, () => 0);
  private total = 0;

  get count(): number {
    return this.total;
  }

  add(ms: number): void {
    const bucket = ms <= firstEndMs ? 0 : Math.min(lastBucket, Math.ceil(Math.log(ms / firstEndMs) / Math.log(growth)));
    this.buckets[bucket] = (this.buckets[bucket] ?? 0) + 1;
    this.total += 1;
  }

  /** The span in milliseconds that a share of all did not exceed, at most 5 % too high; null where there is none. */
  quantile(share: number): number | null {
    if (this.total === 0) return null;
    const wanted = Math.max(1, Math.ceil(this.total * share));
    let seen = 0;
    for (const [bucket, count] of this.buckets.entries()) {
      seen += count;
      if (seen >= wanted) return firstEndMs * growth ** bucket;
    }
    return null;
  }
}
