import { Table } from '../terminal/table.ts';
import type { MetricMovement } from './metric-movements.ts';
import { whyUnmoved } from './unmoved-metrics.ts';

/** Table of the movements of each metric, with the reasons of those that may stand still. */
export function metricsTable(movements: readonly MetricMovement[]): string {
  const table = new Table(['METRIC', 'LOWEST → HIGHEST', 'SERIES MOVED', 'WHY NOT']);
  return table.lines(
    movements.map((movement) => {
      const { name, series, moved } = movement;
      const why = moved === 0 ? (whyUnmoved.get(name) ?? '?') : '';
      return [name, rangeOf(movement), `${moved} of ${series}`, why];
    }),
  );
}

function rangeOf({ name, type, range, wasAbsent, moved }: MetricMovement): string {
  if (range === undefined) return 'none';
  const highest = readable(name, range.highest);
  if (moved === 0 && range.lowest === range.highest) return highest;
  // What only counts up and is not there yet stands at 0.
  const absent = type === 'gauge' ? 'none' : '0';
  const unit = type === 'histogram' ? ' measured' : '';
  return `${wasAbsent ? absent : readable(name, range.lowest)} → ${highest}${unit}`;
}

function readable(name: string, value: number): string {
  if (name.endsWith('_timestamp_seconds')) return new Date(value * 1_000).toISOString().replace(/\.\d+/, '');
  return Number.isInteger(value) ? value.toLocaleString('en') : String(Number(value.toPrecision(2)));
}
