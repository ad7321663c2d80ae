import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Backoff, retryAfterMs } from '../../src/simulator/waiting-times.ts';

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const now = new Date('2026-11-21T08:00:00Z');

test('a backoff doubles, stays within half of each step and its whole, never passes the cap, and begins anew', () => {
  fc.assert(
    fc.property(chance, fc.integer({ min: 1, max: 60 }), (luck, attempts) => {
      const backoff = new Backoff({ firstMs: 100, capMs: 5_000 }, () => luck);
      for (let attempt = 0; attempt < attempts; attempt += 1) {
        const step = Math.min(5_000, 100 * 2 ** attempt);
        const waited = backoff.next();
        expect(waited).toBeGreaterThanOrEqual(step / 2);
        expect(waited).toBeLessThanOrEqual(step);
      }
      backoff.reset();
      expect(backoff.next()).toBeLessThanOrEqual(100);
    }),
  );
});

test('a Retry-After in seconds is waited for in full, and at most a fifth longer', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 600 }), chance, (seconds, luck) => {
      const waited = retryAfterMs(String(seconds), now, () => luck);
      expect(waited).toBeGreaterThanOrEqual(seconds * 1_000);
      expect(waited).toBeLessThanOrEqual(seconds * 1_200);
    }),
  );
});

test.each([
  ['Sat, 21 Nov 2026 08:00:30 GMT', 30_000],
  ['Sat, 21 Nov 2026 07:00:00 GMT', 0],
  ['999999999', 600_000],
  ['soon', undefined],
  ['', undefined],
])('a Retry-After of %j waits %s milliseconds', (text, expected) => {
  expect(retryAfterMs(text, now, () => 0)).toBe(expected);
});
