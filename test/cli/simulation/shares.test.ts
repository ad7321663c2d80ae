import { InvalidArgumentError } from 'commander';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { UsageError } from '../../../src/client/failures.ts';
import { share, spreadDepartures, spreadOver } from '../../../src/cli/simulation/shares.ts';

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

test('so many of some devices are picked, spread evenly over them', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(200), (devices, more) => {
      const wanted = more % (devices + 1);
      const all = Array.from({ length: devices }, (_empty, index) => index);
      const picked = [...spreadOver(all, wanted, '--restart')];
      expect(picked).toHaveLength(wanted);
      const gaps = picked.slice(1).map((index, at) => index - (picked[at] ?? 0));
      expect(Math.max(0, ...gaps)).toBeLessThanOrEqual(Math.ceil(devices / Math.max(1, wanted)));
    }),
  );
});

test('more than there are cannot be picked', () => {
  expect(() => spreadOver([1, 2], 3, '--restart')).toThrow('--restart are 3 devices, more than 2');
});
