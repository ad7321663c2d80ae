import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ReportAdmission } from '../../src/agent/report-admission.ts';
import { createTestClock } from '../support/test-context.ts';

const someone = 'someone';

/** An admission that has served so many reports a second for a while, with so many devices still awaited. */
function serving(perSecond: number, awaiting: number, maxWaiting = 100) {
  const clock = createTestClock();
  const admission = new ReportAdmission(clock, maxWaiting);
  const batch = Array.from({ length: perSecond }, (_, index) => `served-${index}`);
  for (let second = 0; second <= 20; second += 1) {
    admission.served(batch, awaiting, 1);
    clock.advance(1_000);
  }
  return admission;
}

const waits = (admission: ReportAdmission, count: number, waiting = 100) =>
  Array.from({ length: count }, (_, index) => admission.turnAway(`away-${index}`, waiting));

describe('the queue of reports', () => {
  test('takes newcomers up to four fifths, and up to its end those that were turned away before', () => {
    const admission = serving(10, 1_000);
    expect(admission.admits(someone, 79)).toBe(true);
    expect(admission.admits(someone, 80)).toBe(false);
    admission.turnAway(someone, 80);
    expect(admission.admits(someone, 99)).toBe(true);
    expect(admission.admits('a newcomer', 99)).toBe(false);
    expect(admission.admits(someone, 100)).toBe(false);
  });

  test('forgets that a device was turned away once it was served', () => {
    const admission = serving(10, 1_000);
    admission.turnAway(someone, 100);
    admission.served([someone], 999, 1);
    expect(admission.admits(someone, 90)).toBe(false);
  });
});

describe('who is turned away', () => {
  test('is spread over the time that the rest of the muster needs at the rate now served', () => {
    const spread = waits(serving(100, 6_000), 400);
    expect(Math.min(...spread)).toBeLessThan(10);
    expect(Math.max(...spread)).toBeGreaterThan(45);
    // 6,000 awaited, those turned away among them, at 100 a second.
    expect(Math.max(...spread)).toBeLessThanOrEqual(1 + 60);
  });

  test('is asked back within ten seconds too where only a few came before, with time to spare', () => {
    const clock = createTestClock();
    const admission = new ReportAdmission(clock, 100);
    for (let second = 0; second <= 20; second += 1) {
      admission.served(['heartbeat'], 100_000, 0);
      clock.advance(1_000);
    }
    for (const seconds of waits(admission, 200)) expect(seconds).toBeLessThanOrEqual(10);
  });

  test('waits for the share of one process where devices are shared out among several', () => {
    const clock = createTestClock();
    const admission = new ReportAdmission(clock, 100, 4);
    const batch = Array.from({ length: 100 }, (_, index) => `served-${index}`);
    for (let second = 0; second <= 20; second += 1) {
      admission.served(batch, 6_000, 1);
      clock.advance(1_000);
    }
    expect(Math.max(...waits(admission, 100))).toBeLessThanOrEqual(1 + 15);
  });

  test('is not made to wait for longer because nobody came for a while', () => {
    const clock = createTestClock();
    const admission = new ReportAdmission(clock, 100);
    for (let second = 0; second <= 20; second += 1) {
      const busy = second < 10;
      const count = busy ? 100 : 1;
      const batch = Array.from({ length: count }, (_, index) => `served-${index}`);
      admission.served(batch, 1_000, busy ? 1 : 0);
      clock.advance(1_000);
    }
    for (const seconds of waits(admission, 200)) expect(seconds).toBeLessThanOrEqual(1 + 10);
  });

  test('is asked back within ten seconds while nothing is known of the rate', () => {
    for (const seconds of waits(new ReportAdmission(createTestClock(), 100), 200))
      expect(seconds).toBeLessThanOrEqual(10);
  });

  test('waits for a shorter time each time', () => {
    const admission = serving(10, 10_000);
    for (let times = 0; times < 19; times += 1) admission.turnAway(someone, 100);
    for (let times = 20; times < 40; times += 1)
      expect(admission.turnAway(someone, 100)).toBeLessThanOrEqual(1 + 10_000 / 10 / times);
  });

  test('is never told to come back at once, nor after more than ten minutes, whatever the rate and the fleet', () => {
    const sizes = fc.integer({ min: 0, max: 100_000_000 });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 500 }),
        sizes,
        fc.integer({ min: 0, max: 100 }),
        (rate, awaiting, waiting) => {
          const [seconds = 0] = waits(serving(rate, awaiting), 1, waiting);
          expect(seconds).toBeGreaterThanOrEqual(1);
          expect(seconds).toBeLessThanOrEqual(600);
          expect(Number.isInteger(seconds)).toBe(true);
        },
      ),
    );
  });
});
