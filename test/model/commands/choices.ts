import * as fc from 'fast-check';
import type { Fault } from '../faulty-database.ts';

/** A device: mostly the one that the sequence is about, so that what happens to it adds up. */
export const device: fc.Arbitrary<number> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 3 }) },
);

/** A number that picks one of however many there are. */
export const pick = fc.nat({ max: 23 });

/** Mostly none. */
export const fault: fc.Arbitrary<Fault | undefined> = fc.oneof(
  { weight: 10, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constant('before commit' as const) },
  { weight: 1, arbitrary: fc.constant('after commit' as const) },
);

export const seldom: fc.Arbitrary<boolean> = fc.nat({ max: 5 }).map((number) => number === 5);
