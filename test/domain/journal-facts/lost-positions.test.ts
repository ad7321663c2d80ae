import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { completedByJournal, isLost, type LostPosition } from '../../../src/domain/journal-facts/lost-positions.ts';
import type { DevicePosition } from '../../../src/domain/recovery/position.ts';
import { graft, renderedPosition } from '../../../src/domain/recovery/position.ts';
import { decide, type JudgedState } from '../../../src/domain/recovery/report.ts';
import { isConflict, judge } from '../../../src/domain/recovery/verdict.ts';
import {
  devicePositions,
  foreignTimeline,
  hashes,
  serverPositions,
  timelines,
} from '../../support/random-positions.ts';

const [first, second, third] = timelines as [string, string, string];
const [hash, otherHash] = hashes as [string, string];
const now = new Date('2026-11-21T08:00:00.000Z');
const server = { timeline: first, version: 6, specHash: hash, lineage: {} };
const number = (version: number): DevicePosition => ({ timeline: null, version, specHash: null });

/** Whatever a journal may hold: nothing, a part, another control plane's positions, forged ones. */
const journals: fc.Arbitrary<LostPosition[]> = fc.array(
  fc.record({
    timeline: fc.constantFrom(...timelines, foreignTimeline),
    version: fc.nat(14),
    specHash: fc.constantFrom(...hashes),
  }),
  { maxLength: 6 },
);

const awaited = fc.record({ server: serverPositions }).map(({ server: position }): JudgedState => ({
  mustered: true,
  server: position,
  reported: null,
  answeredRestore: first,
  conflict: null,
}));

const strictness = { Open: 0, AwaitingReconnect: 1, ConflictPaused: 1 } as const;

describe('a report that states only a number', () => {
  const lost = [{ timeline: second, version: 6, specHash: otherHash }];

  test('is judged as the lost position of that number', () => {
    const completed = completedByJournal(lost, { server, reported: null }, number(6));
    expect(completed).toEqual(lost[0]);
    expect(judge(server, number(6)).verdict).toBe('InSync');
    expect(judge(server, completed).verdict).toBe('Diverged');
  });

  test('stays as it is where no position of that number was lost', () => {
    expect(completedByJournal(lost, { server, reported: null }, number(5))).toEqual(number(5));
  });

  test('is completed to the position that a person has decided about, and no conflict then', () => {
    const both = [{ timeline: third, version: 6, specHash: hash }, ...lost];
    const completed = completedByJournal(both, { server, reported: null }, number(6));
    const grafted = { ...graft(server, completed, third), version: 6 };
    const again = completedByJournal(both, { server: grafted, reported: completed }, number(6));
    expect(again).toEqual(completed);
    expect(isConflict(judge(grafted, again).verdict)).toBe(false);
  });
});

test('a report that states a timeline or a hash says more than the journal', () => {
  const lost = [{ timeline: second, version: 6, specHash: otherHash }];
  for (const report of [
    { timeline: first, version: 6, specHash: null },
    { timeline: null, version: 6, specHash: hash },
  ]) {
    expect(completedByJournal(lost, { server, reported: null }, report)).toBe(report);
  }
});

test('positions past or beside the one of the database are lost, and so are those of devices that it does not have', () => {
  expect(isLost(server, { timeline: first, version: 7, specHash: hash })).toBe(true);
  expect(isLost(server, { timeline: second, version: 3, specHash: hash })).toBe(true);
  expect(isLost(server, { timeline: first, version: 6, specHash: otherHash })).toBe(true);
  expect(isLost(server, { timeline: first, version: 6, specHash: hash })).toBe(false);
  expect(isLost(server, { timeline: first, version: 2, specHash: otherHash })).toBe(false);
  expect(isLost(undefined, { timeline: first, version: 1, specHash: hash })).toBe(true);
});

test('whatever the journal holds, it never opens a gate, not once in any number of reports (S11)', () => {
  fc.assert(
    fc.property(
      awaited,
      journals,
      fc.array(fc.record({ report: devicePositions, appliedOnly: fc.boolean() }), { minLength: 1, maxLength: 5 }),
      fc.constantFrom(...timelines),
      (state, lost, reports, current) => {
        let [without, withJournal] = [state, state];
        for (const { report, appliedOnly } of reports) {
          const plain = decide(without, report, current, now, { appliedOnly });
          const completed = completedByJournal(lost, withJournal, report);
          const known = decide(withJournal, completed, current, now, { appliedOnly });
          expect(strictness[known.gate]).toBeGreaterThanOrEqual(strictness[plain.gate]);
          [without, withJournal] = [plain.state, known.state];
        }
      },
    ),
    { numRuns: 3_000 },
  );
});

test('whatever the journal holds, the next version is not lower for it, and above what was lost (S11)', () => {
  fc.assert(
    fc.property(awaited, journals, devicePositions, (state, lost, report) => {
      const completed = completedByJournal(lost, state, report);
      const highestLost = Math.max(0, ...lost.map(({ version }) => version));
      const plain = renderedPosition(state.server, report.version, third, hash);
      const known = renderedPosition(state.server, Math.max(completed.version, highestLost), third, hash);
      expect(known.version).toBeGreaterThanOrEqual(plain.version);
      expect(known.version).toBeGreaterThan(highestLost);
    }),
  );
});
