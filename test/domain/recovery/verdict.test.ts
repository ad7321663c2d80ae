import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  graft,
  leftAt,
  renderedPosition,
  type DevicePosition,
  type ServerPosition,
} from '../../../src/domain/recovery/position.ts';
import { isConflict, judge, verdicts, type Verdict } from '../../../src/domain/recovery/verdict.ts';
import { currentTimelines, devicePositions, hashes, serverPositions } from '../../support/random-positions.ts';

const [here, before, longBefore, elsewhere] = [4, 3, 2, 9].map((n) => `0190000${n}-0000-7000-8000-000000000000`) as [
  string,
  string,
  string,
  string,
];
const [ours, theirs] = hashes as [string, string];

/** At version 7 of a timeline that left one at 5, which left another at 3. */
const server: ServerPosition = {
  timeline: here,
  version: 7,
  specHash: ours,
  lineage: { [before]: 5, [longBefore]: 3 },
};
const at = (version: number, timeline: string | null = null, specHash: string | null = null): DevicePosition => ({
  timeline,
  version,
  specHash,
});

describe('the table of verdicts', () => {
  const rows: ReadonlyArray<readonly [string, DevicePosition, Verdict]> = [
    ['a device that has no spec yet is behind', at(0), 'Behind'],
    ['version 0 is behind even on a timeline that is not in the history', at(0, elsewhere, theirs), 'Behind'],
    ['a timeline that is not in the history has diverged', at(6, elsewhere), 'Diverged'],
    ['a timeline that is not in the history has diverged at the very same version', at(7, elsewhere, ours), 'Diverged'],
    ['a timeline that is not in the history has diverged at a higher version', at(9, elsewhere), 'Diverged'],
    ['past the version at which an ancestor was left is ahead', at(6, before), 'Ahead'],
    ['past the version at which an older ancestor was left is ahead', at(4, longBefore), 'Ahead'],
    ['past an ancestor is ahead although its version is higher than the server’s too', at(8, before), 'Ahead'],
    ['past an ancestor is ahead although its version is the server’s', at(7, before, ours), 'Ahead'],
    ['a higher version of the same timeline is ahead', at(8, here), 'Ahead'],
    ['a higher version of no stated timeline is ahead', at(8), 'Ahead'],
    ['a much higher version is ahead', at(1_000_000_000_000_000), 'Ahead'],
    ['the same version with another hash has diverged', at(7, here, theirs), 'Diverged'],
    ['the same version with another hash has diverged without a stated timeline', at(7, null, theirs), 'Diverged'],
    ['the same version with the same hash is in sync', at(7, here, ours), 'InSync'],
    ['the same version of a device that states no hash is in sync', at(7, here), 'InSync'],
    ['the same version of a device that states only its number is in sync', at(7), 'InSync'],
    ['a lower version of the same timeline is behind', at(6, here, theirs), 'Behind'],
    ['a lower version of no stated timeline is behind', at(6), 'Behind'],
    ['the version at which an ancestor was left is behind', at(5, before), 'Behind'],
    ['a version from before an ancestor was left is behind', at(2, longBefore), 'Behind'],
  ];

  test.each(rows)('%s', (_name, device, verdict) => {
    expect(judge(server, device).verdict).toBe(verdict);
  });

  test('the same version is in sync while the server does not know its own hash', () => {
    expect(judge({ ...server, specHash: null }, at(7, here, theirs)).verdict).toBe('InSync');
  });

  test('a device with a spec is ahead of a server that has rendered nothing', () => {
    const fresh = { timeline: here, version: 0, specHash: null, lineage: {} };
    expect(judge(fresh, at(1)).verdict).toBe('Ahead');
    expect(judge(fresh, at(1, before)).verdict).toBe('Diverged');
    expect(judge(fresh, at(0)).verdict).toBe('Behind');
  });

  test('two different versions 6, rendered before and after a restore, are told apart', () => {
    const lost: ServerPosition = { timeline: before, version: 6, specHash: theirs, lineage: {} };
    const restored: ServerPosition = { timeline: before, version: 5, specHash: null, lineage: {} };
    const again = renderedPosition(restored, 5, here, ours);
    expect(again.version).toBe(lost.version);
    expect(judge(again, lost).verdict).toBe('Ahead');
  });

  test('ahead and diverged are conflicts, in sync and behind are none', () => {
    expect(verdicts.filter(isConflict)).toEqual(['Ahead', 'Diverged']);
  });
});

describe('for any positions', () => {
  test('there is a verdict, with a reason that names the device’s version', () => {
    fc.assert(
      fc.property(serverPositions, devicePositions, (server, device) => {
        const { verdict, info } = judge(server, device);
        expect(verdicts).toContain(verdict);
        expect(info).toMatch(device.version === 0 ? /no rendered spec/ : new RegExp(`\\b${device.version}\\b`));
      }),
    );
  });

  test('whoever is above the server in its own numbers is in conflict', () => {
    fc.assert(
      fc.property(serverPositions, devicePositions, (server, device) => {
        fc.pre(device.version > server.version);
        expect(isConflict(judge(server, device).verdict)).toBe(true);
      }),
    );
  });

  test('once grafted, the same report is never a conflict', () => {
    fc.assert(
      fc.property(serverPositions, devicePositions, currentTimelines, (server, device, current) => {
        expect(isConflict(judge(graft(server, device, current), device).verdict)).toBe(false);
      }),
    );
  });

  test('once grafted and rendered, the same report is behind: there is something to send', () => {
    fc.assert(
      fc.property(serverPositions, devicePositions, currentTimelines, (server, device, current) => {
        const rendered = renderedPosition(graft(server, device, current), device.version, current, ours);
        expect(judge(rendered, device).verdict).toBe('Behind');
      }),
    );
  });

  test('a device that moved on from where it was grafted is in conflict again', () => {
    fc.assert(
      fc.property(serverPositions, devicePositions, currentTimelines, (server, device, current) => {
        const grafted = graft(server, device, current);
        const left = leftAt(grafted, device.timeline ?? current);
        expect(left).toBeDefined();
        const moved = { ...device, version: (left ?? 0) + 1 };
        expect(judge(grafted, moved).verdict).toBe('Ahead');
      }),
    );
  });

  test('what counted as an ancestor still does after a graft', () => {
    fc.assert(
      fc.property(
        serverPositions,
        devicePositions,
        devicePositions,
        currentTimelines,
        (server, device, other, current) => {
          fc.pre(!isConflict(judge(server, other).verdict));
          expect(isConflict(judge(graft(server, device, current), other).verdict)).toBe(false);
        },
      ),
    );
  });

  test('a graft makes no ancestor of a position further along any timeline', () => {
    fc.assert(
      fc.property(
        serverPositions,
        devicePositions,
        devicePositions,
        currentTimelines,
        (server, device, other, current) => {
          const { timeline } = other;
          fc.pre(timeline !== null && timeline !== current && other.version > 0);
          const left = leftAt(server, timeline) ?? 0;
          const grafted = timeline === (device.timeline ?? server.timeline) ? device.version : 0;
          fc.pre(other.version > Math.max(left, grafted));
          expect(isConflict(judge(graft(server, device, current), other).verdict)).toBe(true);
        },
      ),
    );
  });

  test('what is rendered and then reported back is in sync, with or without its timeline and hash', () => {
    fc.assert(
      fc.property(serverPositions, fc.nat(20), currentTimelines, (server, claimed, current) => {
        const rendered = renderedPosition(server, claimed, current, ours);
        const { timeline, version, specHash } = rendered;
        for (const report of [
          { timeline, version, specHash },
          { timeline: null, version, specHash: null },
          { timeline, version, specHash: null },
        ]) {
          expect(judge(rendered, report).verdict).toBe('InSync');
        }
      }),
    );
  });
});
