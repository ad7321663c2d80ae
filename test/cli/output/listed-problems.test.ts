import { expect, test } from 'vitest';
import { listedProblems } from '../../../src/cli/output/listed-problems.ts';

test('several problems of a document stand on a line each', () => {
  expect(
    listedProblems('Fleet is not valid: a.b: expected a name; c["x y"]: line 1, column 2: no; such thing; and 3 more'),
  ).toBe('Fleet is not valid:\n  a.b: expected a name\n  c["x y"]: line 1, column 2: no; such thing\n  and 3 more');
});

test.each([
  'fleet/edge is not there',
  'Fleet is not valid: a.b: expected a name',
  'Fleet is not valid: a: expected a name; or none',
  'a; b: expected c',
])('another message stays as it is: %s', (message) => {
  expect(listedProblems(message)).toBe(message);
});
