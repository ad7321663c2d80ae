import { describe, expect, test } from 'vitest';
import { readCron, shortestIntervalMinutes } from '../../../src/domain/resources/cron-schedule.ts';

function shortest(text: string): number | undefined {
  const cron = readCron(text);
  if (typeof cron === 'string') throw new Error(cron);
  return shortestIntervalMinutes(cron);
}

const day = 24 * 60;

describe('the shortest time between two runs of', () => {
  test.each([
    ['* * * * *', 1],
    ['? ? ? ? ?', 1],
    ['*/15 * * * *', 15],
    ['5/20 * * * *', 20],
    ['*/40 * * * *', 20],
    ['0 3 * * *', day],
    [' 0  1,3 * * * ', 120],
    ['0 23,1 * * *', 120],
    ['0 0 * * mon-FRI', day],
    ['0 0 * * 0', 7 * day],
    ['0 0 1 * *', 28 * day],
    ['0 0 1,15 * *', 14 * day],
    ['0 0 1 1 *', 365 * day],
    ['0 0 29 2 *', 1461 * day],
    // Both kinds of days restricted: either will do, as in 2024, when 1 January is a Monday and the 2nd is not.
    ['0 0 2 1 mon', day],
  ])('%s is %d minutes', (text, minutes) => {
    expect(shortest(text)).toBe(minutes);
  });

  test('a day that never comes is none', () => {
    expect(shortest('0 0 30 2 *')).toBeUndefined();
  });
});

describe('a cron expression is refused for', () => {
  test.each([
    ['60 * * * *', 'a minute from 0 to 59'],
    ['* 24 * * *', 'an hour from 0 to 23'],
    ['* * 0 * *', 'a day of month from 1 to 31'],
    ['* * * 13 *', 'a month from 1 to 12'],
    ['* * * * 7', 'a day of week from 0 to 6'],
    ['* * * * fri-mon', 'a day of week'],
    ['* * L * *', 'a day of month'],
    ['*/0 * * * *', 'a minute'],
    ['1,,2 * * * *', 'a minute'],
    ['* * * *', 'five fields'],
    ['@daily', 'five fields'],
  ])('%s: expected %s', (text, words) => {
    expect(readCron(text)).toContain(words);
  });
});
