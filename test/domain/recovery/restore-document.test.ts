import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { answerTimeBucket } from '../../../src/domain/recovery/answer-times.ts';
import { reconnectSeconds, type RestoreFacts } from '../../../src/domain/recovery/restore-document.ts';

const declaredAt = new Date('2026-11-21T08:00:00.000Z');

/** A restore that devices answered after so many milliseconds each. */
function answered(afterMs: readonly number[]) {
  const facts: RestoreFacts = {
    id: '019aa000-0000-7000-8000-000000000000',
    previous: null,
    declaredAt,
    declaredBy: 'user:test',
    reason: null,
    backup: null,
    journal: null,
    supersededAt: null,
    total: afterMs.length,
    awaiting: 0,
    answered: afterMs.length,
    inSync: afterMs.length,
    behind: 0,
    conflictPaused: 0,
    resumed: 0,
    adopted: 0,
    firstAnswerAt: new Date(declaredAt.getTime() + Math.min(...afterMs)),
    lastAnswerAt: new Date(declaredAt.getTime() + Math.max(...afterMs)),
    settledAt: null,
  };
  return { facts, histogram: afterMs.map((ms) => ({ bucket: answerTimeBucket(ms / 1_000), devices: 1 })) };
}

test('no share of the devices is said to have answered after the last of them', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 10_000_000 }), { minLength: 1, maxLength: 50 }), (afterMs) => {
      const { facts, histogram } = answered(afterMs);
      for (const share of [0.5, 0.95, 0.99, 1]) {
        expect(reconnectSeconds(facts, histogram, share)).toBeLessThanOrEqual(Math.max(...afterMs) / 1_000);
      }
    }),
  );
});
