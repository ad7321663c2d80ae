import { describe, expect, test } from 'vitest';
import { mayRestOnDevicesAgain, mostReporting } from '../../../src/domain/recovery/ahead-share.ts';

describe('a share of devices that are ahead', () => {
  test.each([
    { ahead: 2, percent: 20, most: undefined },
    { ahead: 3, percent: 20, most: 15 },
    { ahead: 3, percent: 100, most: 3 },
    { ahead: 500, percent: 50, most: 1_000 },
  ])('of $percent %: $ahead of them count among at most $most', ({ ahead, percent, most }) => {
    expect(mostReporting(ahead, percent)).toBe(most);
  });
});

describe('a restore that rests on devices', () => {
  const hour = 3_600_000;
  const at = (hours: number) => new Date(Date.UTC(2026, 10, 21) + hours * hour);

  test.each([
    { declared: [], now: 0, may: true },
    { declared: [0], now: 0.9, may: false },
    { declared: [0], now: 1, may: true },
    { declared: [0, 1], now: 2.9, may: false },
    { declared: [0, 1], now: 3, may: true },
    { declared: [0, 1, 3], now: 6.9, may: false },
    { declared: [0, 1, 3], now: 7, may: true },
    { declared: [0, 1, 3, 7, 15, 23], now: 46.9, may: false },
    { declared: [0, 1, 3, 7, 15, 23], now: 47, may: true },
    { declared: [0, 48], now: 49, may: true },
  ])('after ones at hours $declared may come again at hour $now: $may', ({ declared, now, may }) => {
    expect(mayRestOnDevicesAgain(declared.map(at).toReversed(), hour, at(now))).toBe(may);
  });
});
