import { expect, test } from 'vitest';
import { everySchedule, type Steps } from './every-schedule.ts';
import {
  declares,
  edits,
  inWholeTransactions,
  Lock,
  problemOf,
  renders,
  reports,
  resumes,
  type Memory,
  type Row,
} from './pure-service.ts';

// Every order in which the steps of two or three transactions can come. The decisions are those of domain/, so this shows
// that they are enough with the locks that the use cases take; test/interleavings/races.test.ts shows that these are taken.

const first = '00000000-0000-7000-8000-00000000000a';
const second = '00000000-0000-7000-8000-00000000000b';
const third = '00000000-0000-7000-8000-00000000000c';

const ancestor = { timeline: first, version: 3, specHash: null };
const ahead = { timeline: first, version: 7, specHash: null };
const furtherAhead = { timeline: first, version: 8, specHash: null };

type Act = (memory: Memory) => Steps;
const acts: ReadonlyArray<readonly [string, Act]> = [
  ['a report of an ancestor', (memory) => reports(memory, ancestor)],
  ['a report that is ahead', (memory) => reports(memory, ahead)],
  ['a report that is further ahead', (memory) => reports(memory, furtherAhead)],
  ['a declaration', (memory) => declares(memory, third)],
  ['a resume', (memory) => resumes(memory)],
  ['a render', (memory) => renders(memory)],
  ['an edit', (memory) => edits(memory, 'edited')],
];

/** A device whose server was restored to version 5 of the first timeline; `second` is the restore. */
const row = (change: Partial<Row['state']>): Row => ({
  state: {
    mustered: true,
    server: { timeline: first, version: 5, specHash: 'five', lineage: {} },
    reported: null,
    answeredRestore: second,
    conflict: null,
    ...change,
  },
  wanted: 2,
  rendered: 1,
  desired: 'wanted',
});

const paused = { verdict: 'Ahead', info: 'found before', since: new Date(0) } as const;
const starts: ReadonlyArray<readonly [string, Row]> = [
  ['awaited', row({ answeredRestore: first })],
  ['open', row({ reported: ancestor })],
  ['paused', row({ reported: ahead, conflict: paused })],
];

function memoryOf(start: Row, locksWork: boolean): Memory {
  return { restore: second, row: start, log: [], locks: { fence: new Lock(locksWork), row: new Lock(locksWork) } };
}

/** Result of a run: the row, the restore, and the answers of all transactions, in any order. */
const outcomeOf = ({ row, restore, log }: Memory): string => JSON.stringify([row, restore, log.toSorted()]);

/** Results of whole transactions, one after another in every order. A render is two: it reads, and later commits. */
function serialOutcomes(start: Row, chosen: readonly Act[]): Set<string> {
  const outcomes = new Set<string>();
  everySchedule(
    () => {
      const world = memoryOf(start, true);
      return { world, actors: chosen.map((act) => inWholeTransactions(act(world))) };
    },
    (world) => outcomes.add(outcomeOf(world)),
  );
  return outcomes;
}

/** All ways to choose so many of the acts; of two, also one act twice. */
function choicesOf(count: number): Array<ReadonlyArray<(typeof acts)[number]>> {
  const extend = (left: number, from: number): Array<ReadonlyArray<(typeof acts)[number]>> =>
    left === 0
      ? [[]]
      : acts.slice(from).flatMap((act, index) => {
          const next = from + index + (count === 2 ? 0 : 1);
          return extend(left - 1, next).map((rest) => [act, ...rest]);
        });
  return extend(count, 0);
}

/** Runs every order. @returns how many there are, and what is wrong with the first that is wrong */
function enumerate(
  start: Row,
  chosen: readonly Act[],
  locksWork: boolean,
): { count: number; wrong: string | undefined } {
  const serial = serialOutcomes(start, chosen);
  let wrong: string | undefined;
  const count = everySchedule(
    () => {
      const world = memoryOf(start, locksWork);
      return { world, actors: chosen.map((act) => act(world)) };
    },
    (world, schedule) => {
      const problem = problemOf(world) ?? (serial.has(outcomeOf(world)) ? undefined : 'no serial order gives this');
      if (problem !== undefined) wrong ??= `${problem}, by ${schedule.join('')}: ${world.log.join('; ')}`;
    },
  );
  return { count, wrong };
}

for (const size of [2, 3]) {
  test.for(starts)(
    `every order of the steps of ${size} transactions on a device that is %s`,
    { timeout: 120_000 },
    ([, start]) => {
      let orders = 0;
      for (const chosen of choicesOf(size)) {
        const { count, wrong } = enumerate(
          start,
          chosen.map(([, act]) => act),
          true,
        );
        expect({ of: chosen.map(([name]) => name), wrong }).toMatchObject({ wrong: undefined });
        orders += count;
      }
      // 28 pairs or 35 triples, of which each can at least be run one after another.
      expect(orders).toBeGreaterThan(size === 2 ? 2 * 28 : 6 * 35);
    },
  );
}

test.for(starts)(
  'without the locks some order is wrong on a device that is %s, so the enumeration can tell',
  ([, start]) => {
    const found = choicesOf(2).flatMap(
      (chosen) =>
        enumerate(
          start,
          chosen.map(([, act]) => act),
          false,
        ).wrong ?? [],
    );
    expect(found.length).toBeGreaterThan(0);
  },
);

test('actors that wait for one another are noticed', () => {
  const begin = () => {
    const [one, other] = [new Lock(true), new Lock(true)];
    const both = function* (first: Lock, second: Lock): Steps {
      yield* first.own();
      yield* second.own();
      second.disown();
      first.disown();
    };
    return { world: undefined, actors: [both(one, other), both(other, one)] };
  };
  expect(() => everySchedule(begin, () => undefined)).toThrow(/wait for one another/);
});

test('as many orders are found as there are', () => {
  const begin = () => {
    const twoSteps = function* (): Steps {
      yield undefined;
      yield undefined;
    };
    return { world: undefined, actors: [twoSteps(), twoSteps(), twoSteps()] };
  };
  // Three actors of two steps each: 6! / (2! 2! 2!).
  expect(everySchedule(begin, () => undefined)).toBe(90);
});
