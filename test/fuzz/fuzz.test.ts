import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { everyTarget } from './every-target.ts';
import { findingOf, type FuzzTarget } from './fuzz-target.ts';

// A few inputs for each parser, the same in every run; `npm run test:fuzz` feeds them as long as one likes.

const names = everyTarget().map(({ name }) => name);
let database: TestDatabase;
let targets: FuzzTarget[];

beforeAll(async () => {
  database = await createTestDatabase();
  targets = everyTarget(database.url);
});

afterAll(async () => {
  for (const target of targets) await target.end();
  await database.drop();
});

test.each(names)('%s parse, or are refused as they should be', async (name) => {
  const target = targets.find((candidate) => candidate.name === name);
  if (target === undefined) throw new Error(`there is no target ${name}`);
  const result = await fc.check(target.property(), { seed: 20261121, numRuns: target.runs });
  expect(findingOf(result)).toBeUndefined();
});
