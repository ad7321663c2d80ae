import { describe, expect, test } from 'vitest';
import { contestAfter, isCloneNews, waitBeforeTakeover, type Contest } from '../../../src/domain/devices/takeovers.ts';

const second = 1_000;
const hour = 60 * 60 * second;

/** The contest after living connections lost their place at these times, in milliseconds. */
function contestOf(...atMs: readonly number[]): Contest | undefined {
  return atMs.reduce<Contest | undefined>((known, nowMs) => contestAfter(known, nowMs), undefined);
}

describe('a new connection of a device', () => {
  test('is welcome while none or few took over from a living one', () => {
    expect(waitBeforeTakeover(undefined, 0)).toBe(0);
    expect(waitBeforeTakeover(contestOf(0), 1)).toBe(0);
  });

  test('waits after that, longer each time, up to ten minutes', () => {
    const waits: number[] = [];
    let nowMs = 0;
    let contest = contestOf(0, 0);
    for (let round = 0; round < 9; round += 1) {
      const seconds = waitBeforeTakeover(contest, nowMs);
      waits.push(seconds);
      nowMs += seconds * second;
      expect(waitBeforeTakeover(contest, nowMs)).toBe(0);
      contest = contestAfter(contest, nowMs);
    }
    expect(waits).toEqual([10, 20, 40, 80, 160, 320, 600, 600, 600]);
  });

  test('waits for what is left, and not longer than the gap where the clock was set back', () => {
    const contest = contestOf(0, 100 * second);
    expect(waitBeforeTakeover(contest, 107.5 * second)).toBe(3);
    expect(waitBeforeTakeover(contest, -hour)).toBe(10);
  });

  test('is welcome again when nothing was taken over for an hour, and the count begins anew', () => {
    const contest = contestOf(0, 0, 0, 0, 0, 0, 0, 0);
    expect(waitBeforeTakeover(contest, hour + 1)).toBe(0);
    expect(contestAfter(contest, hour + 1)).toEqual({ times: 1, lastAtMs: hour + 1 });
  });
});

describe('two machines', () => {
  test('are said when connections go on to take over from each other, and again a day later', () => {
    expect([contestOf(0), contestOf(0, 0), contestOf(0, 0, 0)].map((one) => one && isCloneNews(one, 0))).toEqual([
      false,
      false,
      true,
    ]);
    const said: Contest = { times: 9, lastAtMs: 0, saidAtMs: 0 };
    expect(isCloneNews(said, 23 * hour)).toBe(false);
    expect(isCloneNews(said, 24 * hour)).toBe(true);
    expect(contestAfter(said, second)).toMatchObject({ times: 10, saidAtMs: 0 });
  });
});
