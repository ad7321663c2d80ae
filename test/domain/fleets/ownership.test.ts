import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decideOwnership,
  isSameOwnership,
  matchEvents,
  ownerNamed,
  type Ownership,
} from '../../../src/domain/fleets/ownership.ts';
import { fleetSelector } from '../../../src/domain/selectors/fleet-selector.ts';

const fleet = (name: string, matchLabels: Record<string, string>) => ({
  name,
  selector: fleetSelector({ matchLabels }),
});
const fleets = [fleet('a', { x: '1' }), fleet('b', { y: '1' }), fleet('c', { x: '1', y: '1' }), fleet('none', {})];
const nobody: Ownership = { owner: null, matchingFleets: null };

describe('the owner of a device', () => {
  test('is the only fleet that matches', () => {
    expect(decideOwnership({ x: '1' }, nobody, fleets)).toEqual({ owner: 'Fleet/a', matchingFleets: null });
  });

  test('is nobody where no fleet matches', () => {
    const before = { owner: 'Fleet/a', matchingFleets: ['a', 'b'] };
    expect(decideOwnership({ z: '1' }, before, fleets)).toEqual(nobody);
  });

  test('stays as it is where several match, unless it is gone', () => {
    const labels = { x: '1', y: '1' };
    const matchingFleets = ['a', 'b', 'c'];
    expect(decideOwnership(labels, nobody, fleets)).toEqual({ owner: null, matchingFleets });
    const owned = { owner: 'Fleet/b', matchingFleets: null };
    expect(decideOwnership(labels, owned, fleets)).toEqual({ owner: 'Fleet/b', matchingFleets });
    expect(decideOwnership(labels, { owner: 'Fleet/gone', matchingFleets }, fleets)).toEqual({
      owner: null,
      matchingFleets,
    });
  });

  const labels = fc.dictionary(fc.constantFrom('x', 'y', 'z'), fc.constantFrom('1', '2'));
  const current = fc.record({
    owner: fc.constantFrom(null, 'Fleet/a', 'Fleet/b', 'Fleet/gone'),
    matchingFleets: fc.constantFrom(null, ['a', 'b'], ['a', 'b', 'c']),
  });

  test('is decided the same way twice, whatever the order of the fleets, and always exists', () => {
    fc.assert(
      fc.property(
        labels,
        current,
        fc.shuffledSubarray(fleets, { minLength: fleets.length }),
        (given, before, shuffled) => {
          const decided = decideOwnership(given, before, fleets);
          expect(decideOwnership(given, before, shuffled)).toEqual(decided);
          expect(decideOwnership(given, decided, fleets)).toEqual(decided);
          expect([null, ...fleets.map(({ name }) => ownerNamed(name))]).toContain(decided.owner);
        },
      ),
    );
  });

  test('changes with one event exactly when the set of matching fleets does', () => {
    fc.assert(
      fc.property(labels, current, (given, before) => {
        const after = decideOwnership(given, before, fleets);
        const changes = JSON.stringify(before.matchingFleets) !== JSON.stringify(after.matchingFleets);
        expect(matchEvents('d', before, after)).toHaveLength(changes ? 1 : 0);
        expect(isSameOwnership(before, after)).toBe(!changes && before.owner === after.owner);
      }),
    );
  });
});
