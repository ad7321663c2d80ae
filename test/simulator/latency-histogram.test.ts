import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { LatencyHistogram } from '../../src/simulator/latency-histogram.ts';

test('no span has no percentile', () => {
  expect(new LatencyHistogram().quantile(0.5)).toBeNull();
});

test('a percentile is never below the exact one, and at most 5 % above', () => {
  const spans = fc.array(fc.double({ min: 0.2, max: 500_000, noNaN: true }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(spans, fc.constantFrom(0.01, 0.5, 0.95, 0.99, 1), (all, share) => {
      const histogram = new LatencyHistogram();
      for (const span of all) histogram.add(span);
      const exact = all.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(all.length * share)) - 1] ?? 0;
      const found = histogram.quantile(share) ?? 0;
      expect(histogram.count).toBe(all.length);
      expect(found).toBeGreaterThanOrEqual(exact * 0.999_999);
      expect(found).toBeLessThanOrEqual(exact * 1.050_001);
    }),
  );
});
