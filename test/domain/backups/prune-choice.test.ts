import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { choosePruned, type KeptBackup } from '../../../src/domain/backups/prune-choice.ts';

const now = new Date('2026-11-26T12:00:00.000Z');
const hourMs = 3_600_000;

const backups: fc.Arbitrary<KeptBackup[]> = fc
  .uniqueArray(
    fc.record({
      hours: fc.integer({ min: 0, max: 2_000 }),
      hold: fc.boolean(),
      verification: fc.constantFrom(undefined, [], ['the dump cannot be decoded']),
    }),
    { maxLength: 30, selector: ({ hours }) => hours },
  )
  .map((made) =>
    made.map(({ hours, hold, verification: faults }) => ({
      manifest: { id: `b-${hours}`, takenAt: new Date(now.getTime() - hours * hourMs).toISOString(), hold },
      verification: faults && { at: now.toISOString(), faults: [...faults] },
    })),
  );
const rules = fc.record({
  keepWithinMs: fc.integer({ min: 0, max: 500 }).map((hours) => hours * hourMs),
  keepDaily: fc.nat(10),
  keepAtLeast: fc.nat(5),
});

const isVerified = ({ verification }: KeptBackup) => verification?.faults.length === 0;

test('what is held, not verified or the newest verified one is never removed, nor what would leave too few', () => {
  fc.assert(
    fc.property(backups, rules, (all, chosen) => {
      const removed = new Set(
        choosePruned(all, chosen, now)
          .filter(({ kept }) => kept === undefined)
          .map(({ id }) => id),
      );
      const gone = all.filter(({ manifest }) => removed.has(manifest.id));
      expect(gone.filter((backup) => backup.manifest.hold || !isVerified(backup))).toEqual([]);
      const verified = all.filter(isVerified);
      const left = verified.filter(({ manifest }) => !removed.has(manifest.id));
      expect(left.length).toBeGreaterThanOrEqual(Math.min(verified.length, Math.max(1, chosen.keepAtLeast)));
      const newest = verified.toSorted((a, b) => Date.parse(b.manifest.takenAt) - Date.parse(a.manifest.takenAt))[0];
      expect(removed.has(newest?.manifest.id ?? 'none')).toBe(false);
      for (const { manifest } of gone) {
        expect(now.getTime() - Date.parse(manifest.takenAt)).toBeGreaterThanOrEqual(chosen.keepWithinMs);
      }
    }),
    { numRuns: 1_000 },
  );
});

test('the newest of each day stays, and the rest of old days goes', () => {
  const at = (takenAt: string): KeptBackup => ({
    manifest: { id: takenAt, takenAt, hold: false },
    verification: { at: takenAt, faults: [] },
  });
  const all = ['2026-11-20T01:00:00Z', '2026-11-20T02:00:00Z', '2026-11-21T02:00:00Z'].map(at);
  const choices = choosePruned(all, { keepWithinMs: 0, keepDaily: 2, keepAtLeast: 0 }, now);
  expect(choices.map(({ id, kept }) => [id, kept])).toEqual([
    ['2026-11-21T02:00:00Z', 'the newest of its day'],
    ['2026-11-20T02:00:00Z', 'the newest of its day'],
    ['2026-11-20T01:00:00Z', undefined],
  ]);
});
