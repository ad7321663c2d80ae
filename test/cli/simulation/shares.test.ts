import { InvalidArgumentError } from 'commander';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { UsageError } from '../../../src/cli/failures.ts';
import { share, spreadDepartures } from '../../../src/cli/simulation/shares.ts';

test.each([
  ['10%', 200, 20],
  ['2.5%', 200, 5],
  ['100%', 7, 7],
  ['25', 200, 25],
  ['0', 200, 0],
])('%s of %i devices are %i', (text, devices, expected) => {
  expect(share(text).of(devices)).toBe(expected);
});

test.each(['101%', '-1', '1.5', 'ten', '', '%', '10 %%'])('%j is refused as a share', (text) => {
  expect(() => share(text)).toThrow(InvalidArgumentError);
});

test('each part has as many devices as it should, and the others are where the server believes they are', () => {
  const part = fc.integer({ min: 0, max: 30 });
  fc.assert(
    fc.property(part, part, part, fc.nat(100), (ahead, behind, diverged, others) => {
      const of = (devices: number) => share(String(devices));
      const shares = { ahead: of(ahead), behind: of(behind), diverged: of(diverged) };
      const spread = spreadDepartures(ahead + behind + diverged + others, shares);
      const count = (departure: string | undefined) => spread.filter((each) => each === departure).length;
      expect([count('ahead'), count('behind'), count('diverged'), count(undefined)]).toEqual([
        ahead,
        behind,
        diverged,
        others,
      ]);
    }),
  );
});

test('parts that are more than the whole are refused', () => {
  expect(() => spreadDepartures(10, { ahead: share('60%'), behind: share('5') })).toThrow(UsageError);
});
