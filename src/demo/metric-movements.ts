import type { Scrape } from '../metrics/text-format.ts';

/** Movements of one metric, over all of its series. */
export type MetricMovement = {
  readonly name: string;
  readonly type: string;
  /** Number of its series. */
  readonly series: number;
  /** Number of series that changed, came or went. */
  readonly moved: number;
  /** Range of its values; for a histogram, of its number of observations. Undefined if it never had one. */
  readonly range: { readonly lowest: number; readonly highest: number } | undefined;
  /** Some scrape was without one of the series. */
  readonly wasAbsent: boolean;
};

type Seen = { readonly lowest: number; readonly highest: number; readonly times: number };
type Metric = { readonly type: string; readonly series: Map<string, Seen> };

/** Follows Muster's own metrics from scrape to scrape. */
export class MetricMovements {
  /** Number of scrapes taken in. */
  scrapes = 0;
  private readonly metrics = new Map<string, Metric>();

  add({ types, samples }: Scrape): void {
    this.scrapes += 1;
    for (const [name, type] of types) {
      if (!name.startsWith('muster_')) continue;
      const metric = this.metrics.get(name) ?? { type, series: new Map<string, Seen>() };
      this.metrics.set(name, metric);
      const sampled = type === 'histogram' ? `${name}_count` : name;
      for (const [series, value] of samples) {
        if (series === sampled || series.startsWith(`${sampled}{`)) note(metric.series, series, value);
      }
    }
  }

  /** In the order of their names. */
  all(): MetricMovement[] {
    const movements = [...this.metrics].map(([name, metric]) => movementOf(name, metric, this.scrapes));
    return movements.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }
}

function note(all: Map<string, Seen>, series: string, value: number): void {
  const { lowest, highest, times } = all.get(series) ?? { lowest: value, highest: value, times: 0 };
  all.set(series, { lowest: Math.min(lowest, value), highest: Math.max(highest, value), times: times + 1 });
}

function movementOf(name: string, { type, series }: Metric, scrapes: number): MetricMovement {
  const seen = [...series.values()];
  const range = {
    lowest: Math.min(...seen.map(({ lowest }) => lowest)),
    highest: Math.max(...seen.map(({ highest }) => highest)),
  };
  return {
    name,
    type,
    series: seen.length,
    moved: seen.filter(({ lowest, highest, times }) => lowest !== highest || times < scrapes).length,
    range: seen.length === 0 ? undefined : range,
    wasAbsent: seen.some(({ times }) => times < scrapes),
  };
}
