import { expect, test } from 'vitest';
import { parseDuration } from '../../src/time/duration.ts';

test.each([
  ['500ms', 500],
  ['90s', 90_000],
  ['1.5m', 90_000],
  ['2h', 7_200_000],
])('%s is %i ms', (text, ms) => {
  expect(parseDuration(text, ['ms', 's', 'm', 'h'])).toBe(ms);
});

test.each(['', 's', '5', '5d', '-5s', '5 s', '5S', '1e3s', '.5s', '5.s'])('%j is no duration', (text) => {
  expect(parseDuration(text, ['ms', 's', 'm', 'h'])).toBeNaN();
});

test('a number without a unit is one where a unit is given for it', () => {
  expect(parseDuration('5', ['s'], 's')).toBe(5_000);
});
