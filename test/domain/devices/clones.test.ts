import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isNewSighting,
  machineOf,
  sight,
  type Machine,
  type Sighting,
  type Sightings,
} from '../../../src/domain/devices/clones.ts';

const start = new Date('2026-11-21T08:00:00.000Z');
const minutes = (count: number) => new Date(start.getTime() + count * 60_000);

/** Sees reports one after another, a minute apart. */
function seen(machines: readonly Machine[]): Sighting[] {
  let known: Sightings | undefined;
  return machines.map((machine, index) => {
    const sighting = sight(known, machine, minutes(index));
    known = sighting.sightings;
    return sighting;
  });
}

const boots = (...ids: readonly string[]): Machine[] => ids.map((boot) => ({ boot, serial: null }));
const returnsIn = (machines: readonly Machine[]) => seen(machines).map(({ returned }) => returned);

describe('two machines under one name', () => {
  test('are found when a boot comes back after another one', () => {
    expect(returnsIn(boots('a', 'a', 'b', 'b', 'a', 'a', 'b'))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      'boot',
      undefined,
      'boot',
    ]);
  });

  test('are not concluded from reboots, however many', () => {
    const ids = Array.from({ length: 50 }, (_, index) => `boot ${index}`);
    expect(returnsIn(boots(...ids)).filter(Boolean)).toEqual([]);
  });

  test('are not concluded from hardware that is replaced once, but from a serial number that comes back', () => {
    const serials = (...ids: readonly string[]): Machine[] => ids.map((serial) => ({ boot: null, serial }));
    expect(returnsIn(serials('1', '1', '2', '2'))).toEqual([undefined, undefined, undefined, undefined]);
    expect(returnsIn(serials('1', '2', '1'))).toEqual([undefined, undefined, 'serial']);
  });

  test('are found although each of them reboots', () => {
    const reports: Machine[] = [
      { boot: 'a1', serial: 'A' },
      { boot: 'b1', serial: 'B' },
      { boot: 'a2', serial: 'A' },
      { boot: 'b2', serial: 'B' },
    ];
    expect(returnsIn(reports)).toEqual([undefined, undefined, 'serial', 'serial']);
  });

  test('are not concluded from reports that say nothing in between', () => {
    const nothing: Machine = { boot: null, serial: null };
    expect(returnsIn([...boots('a'), nothing, ...boots('a'), nothing, ...boots('a')]).filter(Boolean)).toEqual([]);
  });

  test('are said once, and again a day later while it goes on', () => {
    let known: Sightings | undefined;
    const said: number[] = [];
    for (let hour = 0; hour < 49; hour += 1) {
      const machine: Machine = { boot: hour % 2 === 0 ? 'a' : 'b', serial: null };
      const sighting = sight(known, machine, minutes(hour * 60));
      if (sighting.isNews) said.push(hour);
      known = sighting.sightings;
    }
    expect(said).toEqual([2, 26]);
  });

  test('take no more room, whatever is reported', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ boot: fc.option(fc.string()), serial: fc.option(fc.string()) })), (reports) => {
        for (const { sightings } of seen(reports)) {
          expect(sightings.boots.length).toBeLessThanOrEqual(8);
          expect(new Set(sightings.boots).size).toBe(sightings.boots.length);
          expect(sightings.serials.length).toBeLessThanOrEqual(8);
        }
      }),
    );
  });
});

test('a report that says what is known is not kept again', () => {
  const [first, second, third] = seen(boots('a', 'a', 'b'));
  expect(isNewSighting(undefined, first!.sightings)).toBe(true);
  expect(isNewSighting(first!.sightings, second!.sightings)).toBe(false);
  expect(isNewSighting(second!.sightings, third!.sightings)).toBe(true);
});

describe('the machine that a status is of', () => {
  test.each([
    [{}, undefined],
    [{ systemInfo: null }, undefined],
    [{ systemInfo: [] }, undefined],
    [{ systemInfo: { architecture: 'amd64', bootID: '' } }, undefined],
    [{ systemInfo: { bootID: 'b' } }, { boot: 'b', serial: null }],
    [{ systemInfo: { productSerial: 's' } }, { boot: null, serial: 's' }],
    [{ systemInfo: { bootID: 'b', productSerial: 's', productUuid: 'u' } }, { boot: 'b', serial: 'u s' }],
    [{ systemInfo: { bootID: 'b'.repeat(1_000) } }, { boot: 'b'.repeat(128), serial: null }],
  ])('%j', (status, machine) => {
    expect(machineOf(status)).toEqual(machine);
  });
});
