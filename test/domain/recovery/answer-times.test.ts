import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerTimeBucket, answerTimeQuantile, bucketEndSeconds } from '../../../src/domain/recovery/answer-times.ts';

const seconds = fc.double({ min: 0.011, max: 30 * 24 * 3_600, noNaN: true });

/** The histogram of some answers. */
function histogramOf(times: readonly number[]) {
  const counts = new Map<number, number>();
  for (const time of times) counts.set(answerTimeBucket(time), (counts.get(answerTimeBucket(time)) ?? 0) + 1);
  return [...counts].map(([bucket, devices]) => ({ bucket, devices }));
}

describe('the histogram of answer times', () => {
  test('puts every time into a bucket that ends no earlier, and at most 5 % later', () => {
    fc.assert(
      fc.property(seconds, (time) => {
        const end = bucketEndSeconds(answerTimeBucket(time));
        expect(end).toBeGreaterThanOrEqual(time * (1 - 1e-9));
        expect(end).toBeLessThanOrEqual(time * 1.05 * (1 + 1e-9));
      }),
    );
  });

  test.each([0, -3_600, 0.001, 0.01, Number.NEGATIVE_INFINITY])(
    'puts an answer after %s seconds into the first bucket, for clocks are not alike',
    (time) => {
      expect(answerTimeBucket(time)).toBe(0);
    },
  );

  test('has an end: an answer after years is in its last bucket', () => {
    expect(answerTimeBucket(1e12)).toBe(500);
    expect(answerTimeBucket(Number.POSITIVE_INFINITY)).toBe(500);
  });
});

describe('the time by which a share had answered', () => {
  test('is not known while fewer have', () => {
    expect(answerTimeQuantile([], 1, 0.5)).toBeNull();
    expect(answerTimeQuantile(histogramOf([1, 2, 3, 4]), 10, 0.5)).toBeNull();
    expect(answerTimeQuantile(histogramOf([1, 2, 3, 4, 5]), 10, 0.5)).not.toBeNull();
  });

  test('is that of the single device where there is one', () => {
    for (const share of [0.5, 0.95, 0.99, 1]) {
      expect(answerTimeQuantile(histogramOf([12]), 1, share)).toBeCloseTo(12, 0);
    }
  });

  test('does not depend on the order of the histogram', () => {
    const histogram = histogramOf([1, 10, 100]);
    expect(answerTimeQuantile(histogram.toReversed(), 3, 1)).toBe(answerTimeQuantile(histogram, 3, 1));
  });

  test('is the exact one or up to 5 % later, to the millisecond', () => {
    const shares = fc.constantFrom(0.5, 0.95, 0.99, 1);
    fc.assert(
      fc.property(fc.array(seconds, { minLength: 1, maxLength: 200 }), shares, (times, share) => {
        const exact = times.toSorted((a, b) => a - b)[Math.ceil(times.length * share) - 1] ?? Number.NaN;
        const told = answerTimeQuantile(histogramOf(times), times.length, share) ?? Number.NaN;
        expect(told).toBeGreaterThanOrEqual(exact - 0.001);
        expect(told).toBeLessThanOrEqual(exact * 1.05 + 0.001);
      }),
    );
  });
});
