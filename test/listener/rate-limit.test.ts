import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RateLimiter } from '../../src/listener/rate-limit.ts';

describe('a rate limiter', () => {
  test('lets a burst of ten seconds’ worth through, and then one request for each slice of time', () => {
    const limiter = new RateLimiter(5);
    for (let n = 0; n < 50; n += 1) expect(limiter.take('a', 1_000)).toBe(0);
    expect(limiter.take('a', 1_000)).toBeCloseTo(200);
    expect(limiter.take('a', 1_150)).toBeCloseTo(50);
    expect(limiter.take('a', 1_200)).toBe(0);
    expect(limiter.take('a', 1_200)).toBeCloseTo(200);
  });

  test('counts each caller for itself', () => {
    const limiter = new RateLimiter(1);
    for (let n = 0; n < 10; n += 1) limiter.take('a', 0);
    expect([limiter.take('a', 0) > 0, limiter.take('b', 0)]).toEqual([true, 0]);
  });

  test('that is off lets everything through and remembers nobody', () => {
    const limiter = new RateLimiter(0);
    for (let n = 0; n < 1_000; n += 1) expect(limiter.take('a', 0)).toBe(0);
    expect(limiter.size).toBe(0);
  });

  test('never refuses who keeps to the rate, however unevenly within ten seconds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true })),
        (rate, offsets) => {
          const limiter = new RateLimiter(rate);
          // At most nine seconds’ worth in nine seconds, at any moments of them.
          const moments = offsets.slice(0, rate * 9).map((offset) => offset * 9_000);
          for (const at of moments.toSorted((left, right) => left - right)) expect(limiter.take('a', at)).toBe(0);
        },
      ),
    );
  });

  test('never lets more through than the burst and what time allows, and says rightly when to come back', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 400 }),
        (rate, steps) => {
          const limiter = new RateLimiter(rate);
          let now = 0;
          let passed = 0;
          for (const step of steps) {
            now += step;
            const waitMs = limiter.take('a', now);
            if (waitMs === 0) passed += 1;
            expect(passed).toBeLessThanOrEqual(rate * 10 + (now / 1_000) * rate + 1e-6);
          }
          const waitMs = limiter.take('a', now);
          expect(waitMs === 0 ? 0 : limiter.take('a', now + waitMs)).toBe(0);
        },
      ),
    );
  });

  test('forgets callers that have long been away, so that names without end fill no memory', () => {
    const limiter = new RateLimiter(50);
    for (let n = 0; n < 200_000; n += 1) limiter.take(`device-${n}`, n);
    expect(limiter.size).toBeLessThan(20_000);
  });
});
