import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gateOf } from '../../../src/domain/recovery/gate.ts';
import { graft, type DevicePosition } from '../../../src/domain/recovery/position.ts';
import { decide, highest, type JudgedState } from '../../../src/domain/recovery/report.ts';
import { isConflict, judge } from '../../../src/domain/recovery/verdict.ts';
import { devicePositions, hashes, serverPositions, timelines } from '../../support/random-positions.ts';

const [first, second, third] = timelines as [string, string, string];
const now = new Date('2026-11-21T08:00:00.000Z');
const later = new Date('2026-11-21T09:00:00.000Z');

/** At version 5 of the first timeline, awaited since the second began. */
const awaited: JudgedState = {
  mustered: true,
  server: { timeline: first, version: 5, specHash: hashes[0] as string, lineage: {} },
  reported: null,
  answeredRestore: first,
  conflict: null,
};
const at = (version: number, timeline: string | null = null, specHash: string | null = null): DevicePosition => ({
  timeline,
  version,
  specHash,
});

/** The state after some reports, in that order. */
function afterAll(state: JudgedState, reports: readonly DevicePosition[], current = second): JudgedState {
  return reports.reduce((before, report) => decide(before, report, current, now).state, state);
}

const states: fc.Arbitrary<JudgedState> = fc
  .record({
    server: serverPositions,
    reports: fc.array(devicePositions, { maxLength: 3 }),
    answered: fc.constantFrom(second, third),
  })
  .map(({ server, reports, answered }) => afterAll({ ...awaited, server }, reports, answered));

describe('a report', () => {
  test('answers the current restore, and opens the gate of a device that is no conflict', () => {
    const decision = decide(awaited, at(5), second, now);
    expect(decision).toMatchObject({ gateBefore: 'AwaitingReconnect', gate: 'Open', firstAnswer: true });
    expect(decision.state).toMatchObject({ answeredRestore: second, conflict: null, reported: at(5) });
  });

  test('pauses a device that is ahead, and says since when', () => {
    const decision = decide(awaited, at(6), second, now);
    expect(decision).toMatchObject({ gateBefore: 'AwaitingReconnect', gate: 'ConflictPaused', firstAnswer: true });
    expect(decision.state.conflict).toEqual({ verdict: 'Ahead', info: decision.judgement.info, since: now });
  });

  test('of what is applied alone opens no gate, for a newer version may have been received', () => {
    const decision = decide(awaited, at(5), second, now, { appliedOnly: true });
    expect(decision).toMatchObject({ gate: 'AwaitingReconnect', firstAnswer: false });
    expect(decision.state).toEqual({ ...awaited, reported: at(5) });
    expect(decide(decision.state, at(6), second, later)).toMatchObject({ gate: 'ConflictPaused', firstAnswer: true });
  });

  test('of what is applied alone pauses a device that is ahead, and keeps one paused that was', () => {
    const decision = decide(awaited, at(6), second, now, { appliedOnly: true });
    expect(decision).toMatchObject({ gate: 'ConflictPaused', firstAnswer: true });
    expect(decide(decision.state, at(5), third, later, { appliedOnly: true })).toMatchObject({
      gateBefore: 'AwaitingReconnect',
      gate: 'ConflictPaused',
    });
  });

  test('pauses a device that is ahead in normal operation too', () => {
    const open = afterAll(awaited, [at(5)]);
    expect(decide(open, at(6), second, now)).toMatchObject({
      gateBefore: 'Open',
      gate: 'ConflictPaused',
      firstAnswer: false,
    });
  });

  test('changes nothing of a device that takes no part in musters', () => {
    const given = { ...awaited, mustered: false };
    expect(decide(given, at(9), second, now)).toMatchObject({ gate: 'Open', firstAnswer: false, state: given });
  });

  test('of a device that was ordered to decommission itself since the restore makes its position an ancestor', () => {
    const ordered = { ...awaited, mustered: false, answeredRestore: second };
    for (const report of [at(9), at(3, third)]) {
      const decision = decide(ordered, report, second, now);
      expect(decision).toMatchObject({ gate: 'Open', firstAnswer: false, orderOvertaken: true });
      expect(decision.state).toMatchObject({ reported: report, conflict: null, answeredRestore: second });
      expect(judge({ ...decision.state.server, version: decision.state.server.version + 1 }, report).verdict).toBe(
        'Behind',
      );
      expect(decide(decision.state, report, second, now)).toMatchObject({
        orderOvertaken: false,
        state: decision.state,
      });
    }
    expect(decide(ordered, at(5), second, now)).toMatchObject({ orderOvertaken: false, state: ordered });
  });

  test('that repeats what is known leaves the state as it is', () => {
    const paused = afterAll(awaited, [at(6, first, hashes[1])]);
    const again = decide(paused, at(6, first, hashes[1]), second, later);
    expect(again.state).toEqual(paused);
    expect(again.state.conflict).toBe(paused.conflict);
    expect(again.gateBefore).toBe(again.gate);
  });

  test('of a further position in conflict renews the reason but not the time of the conflict', () => {
    const paused = afterAll(awaited, [at(6)]);
    const further = decide(paused, at(8), second, later).state;
    expect(further.reported).toEqual(at(8));
    expect(further.conflict?.since).toEqual(now);
    expect(further.conflict?.info).toContain('version 8');
    expect(decide(further, at(7), second, later).state).toEqual(further);
  });

  test('of an older position does not clear a conflict', () => {
    const paused = afterAll(awaited, [at(6), at(3), at(0), at(5)]);
    expect(gateOf(paused, second)).toBe('ConflictPaused');
    expect(paused.reported).toEqual(at(6));
  });

  test('after the next restore finds the conflict of the one before, though it is none by itself', () => {
    const paused = afterAll(awaited, [at(6)]);
    const decision = decide(paused, at(5), third, later);
    expect(decision).toMatchObject({ gateBefore: 'AwaitingReconnect', gate: 'ConflictPaused', firstAnswer: true });
    expect(decision.judgement.verdict).toBe('InSync');
    expect(decision.state.reported).toEqual(at(6));
  });

  test('of a lower position in conflict is what a person decides about, and not a higher one long joined', () => {
    const server = { timeline: second, version: 9, specHash: null, lineage: { [first]: 5 } };
    const state = afterAll({ ...awaited, server }, [at(9, second), at(6, first)]);
    expect(state.reported).toEqual(at(6, first));
    const resumed = { ...state, server: graft(state.server, at(6, first), third), conflict: null };
    expect(gateOf(afterAll(resumed, [at(6, first)], third), third)).toBe('Open');
  });
});

describe('for any reports', () => {
  test('the gate that is told is the gate that results', () => {
    fc.assert(
      fc.property(states, fc.boolean(), devicePositions, (state, mustered, report) => {
        const decision = decide({ ...state, mustered }, report, third, now);
        expect(decision.gateBefore).toBe(gateOf({ ...state, mustered }, third));
        expect(decision.gate).toBe(gateOf(decision.state, third));
        expect(decision.gate).not.toBe('AwaitingReconnect');
      }),
    );
  });

  test('the server’s position is not changed by what a device says', () => {
    fc.assert(
      fc.property(states, devicePositions, (state, report) => {
        expect(decide(state, report, third, now).state.server).toBe(state.server);
      }),
    );
  });

  test('none clears a conflict', () => {
    fc.assert(
      fc.property(states, fc.array(devicePositions, { maxLength: 6 }), (state, reports) => {
        fc.pre(state.conflict !== null);
        const after = afterAll(state, reports, third);
        expect(after.conflict).not.toBeNull();
        expect(after.conflict?.since).toEqual(state.conflict?.since);
      }),
    );
  });

  test('any order and any number of duplicates ends in the same position and the same conflict or none', () => {
    const shuffled = fc.array(devicePositions, { minLength: 1, maxLength: 5 }).chain((reports) => {
      const oneOfThem = fc.constantFrom(...reports);
      const withDuplicates = fc.array(oneOfThem, { maxLength: 5 }).map((more) => [...reports, ...more]);
      return fc.tuple(
        fc.constant(reports),
        withDuplicates.chain((all) => fc.shuffledSubarray(all, { minLength: all.length })),
      );
    });
    fc.assert(
      fc.property(serverPositions, shuffled, (server, [reports, again]) => {
        const [one, other] = [reports, again].map((all) => afterAll({ ...awaited, server }, all));
        expect(other?.reported?.version).toBe(one?.reported?.version);
        expect(other?.reported?.timeline).toBe(one?.reported?.timeline);
        expect(other?.conflict?.verdict).toBe(one?.conflict?.verdict);
        expect(other?.answeredRestore).toBe(one?.answeredRestore);
      }),
    );
  });

  test('there is a conflict exactly if one of them is one, and the position kept is one that is', () => {
    fc.assert(
      fc.property(serverPositions, fc.array(devicePositions, { minLength: 1, maxLength: 6 }), (server, reports) => {
        const after = afterAll({ ...awaited, server }, reports);
        const conflicts = reports.filter((report) => isConflict(judge(server, report).verdict));
        expect(after.conflict !== null).toBe(conflicts.length > 0);
        const versions = (conflicts.length > 0 ? conflicts : reports).map(({ version }) => version);
        expect(after.reported?.version).toBe(Math.max(...versions));
      }),
    );
  });

  test('nothing that was ever claimed is above both the server’s version and the position kept', () => {
    fc.assert(
      fc.property(serverPositions, fc.array(devicePositions, { minLength: 1, maxLength: 6 }), (server, reports) => {
        const after = afterAll({ ...awaited, server }, reports);
        const reached = Math.max(server.version, after.reported?.version ?? 0);
        for (const { version } of reports) expect(version).toBeLessThanOrEqual(reached);
      }),
    );
  });

  test('resuming ends a conflict for good: as often as the device repeats any of them, a person decides at most once each', () => {
    fc.assert(
      fc.property(serverPositions, fc.array(devicePositions, { minLength: 1, maxLength: 5 }), (server, reports) => {
        let state = afterAll({ ...awaited, server }, reports);
        let resumes = 0;
        while (state.conflict !== null && resumes <= reports.length) {
          resumes += 1;
          const grafted = graft(state.server, state.reported ?? at(0), second);
          state = afterAll({ ...state, server: grafted, conflict: null }, reports);
        }
        expect(state.conflict).toBeNull();
      }),
    );
  });
});

describe('the higher of two positions', () => {
  test('is by number first, then the one that states a timeline, then that of the newer timeline', () => {
    expect(highest(at(5, first), at(6))).toEqual(at(6));
    expect(highest(at(6), at(5, first))).toEqual(at(6));
    expect(highest(at(6), at(6, first))).toEqual(at(6, first));
    expect(highest(at(6, first), at(6))).toEqual(at(6, first));
    expect(highest(at(6, second), at(6, first))).toEqual(at(6, second));
    expect(highest(at(6, first), at(6, second))).toEqual(at(6, second));
  });

  test('keeps a hash that is known until another one is stated', () => {
    const [ours, theirs] = hashes;
    expect(highest(at(6, first, ours), at(6, first))).toEqual(at(6, first, ours));
    expect(highest(at(6, first, ours), at(6, first, theirs))).toEqual(at(6, first, theirs));
    expect(highest(null, at(0))).toEqual(at(0));
  });
});
