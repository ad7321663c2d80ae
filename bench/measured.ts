import { LatencyHistogram } from '../src/simulator/latency-histogram.ts';
import type { LoadResult } from './load.ts';

/** Counts answers and how long each took. */
export class Measured {
  private readonly latencies = new LatencyHistogram();
  private readonly outcomes: Record<string, number> = {};
  private readonly beganAt = performance.now();

  note(outcome: string, sinceMs: number): void {
    this.latencies.add(performance.now() - sinceMs);
    this.outcomes[outcome] = (this.outcomes[outcome] ?? 0) + 1;
  }

  /** Number of answers so far. */
  get count(): number {
    return this.latencies.count;
  }

  result(): LoadResult {
    const seconds = (performance.now() - this.beganAt) / 1_000;
    return {
      seconds,
      perSecond: this.latencies.count / seconds,
      p50Ms: this.latencies.quantile(0.5) ?? 0,
      p99Ms: this.latencies.quantile(0.99) ?? 0,
      outcomes: this.outcomes,
    };
  }
}
