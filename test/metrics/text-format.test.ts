import { expect, test } from 'vitest';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { parseScrape } from '../../src/metrics/text-format.ts';

test('what the library writes is read: types, also of what has no value, and values by their series', async () => {
  const registry = new Registry();
  const registers = [registry];
  new Counter({ name: 'a_total', help: 'Says: b_total 3', labelNames: ['x', 'y'], registers }).inc(
    { x: '1', y: 'z' },
    7,
  );
  registry.registerMetric(new Gauge({ name: 'empty', help: 'none', labelNames: ['x'], registers: [] }));
  new Gauge({ name: 'small', help: 'small', registers }).set(0.000_000_25);
  new Histogram({ name: 'h_seconds', help: 'h', buckets: [1], registers }).observe(0.5);

  const { types, samples } = parseScrape(await registry.metrics());
  expect(Object.fromEntries(types)).toEqual({
    a_total: 'counter',
    empty: 'gauge',
    small: 'gauge',
    h_seconds: 'histogram',
  });
  expect(Object.fromEntries(samples)).toEqual({
    'a_total{x="1",y="z"}': 7,
    small: 0.000_000_25,
    'h_seconds_bucket{le="1"}': 1,
    'h_seconds_bucket{le="+Inf"}': 1,
    h_seconds_sum: 0.5,
    h_seconds_count: 1,
  });
});
