import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { partedAt } from '../../../src/domain/recovery/parting.ts';
import { graft, leftAt } from '../../../src/domain/recovery/position.ts';
import { isConflict, judge } from '../../../src/domain/recovery/verdict.ts';
import {
  currentTimelines,
  devicePositions,
  foreignTimeline,
  hashes,
  serverPositions,
  timelines,
} from '../../support/random-positions.ts';

const [first, second] = timelines as [string, string];
const [ours, theirs] = hashes as [string, string];
const server = { timeline: second, version: 7, specHash: ours, lineage: { [first]: 5 } };

describe('the histories of a device and of the server part', () => {
  test('where the server left the device’s timeline', () => {
    expect(partedAt(server, { timeline: first, version: 9, specHash: null })).toEqual({ timeline: first, version: 5 });
  });

  test('at the server’s newest version if the device went on from there', () => {
    expect(partedAt(server, { timeline: second, version: 9, specHash: null })).toEqual({
      timeline: second,
      version: 7,
    });
    expect(partedAt(server, { timeline: null, version: 9, specHash: null })).toEqual({ timeline: second, version: 7 });
  });

  test('before the version that is the same number with other content', () => {
    const device = { timeline: second, version: 7, specHash: theirs };
    expect(partedAt(server, device)).toEqual({ timeline: second, version: 6 });
  });

  test('nowhere that is known if the device’s timeline is not in the server’s history', () => {
    expect(partedAt(server, { timeline: foreignTimeline, version: 1, specHash: null })).toBeNull();
  });

  test('not at all for a device that is behind: all of its history is the server’s', () => {
    const device = { timeline: first, version: 4, specHash: null };
    expect(partedAt(server, device)).toEqual({ timeline: first, version: 4 });
  });

  test('below the device’s own version, whenever there is a conflict', () => {
    fc.assert(
      fc.property(serverPositions, devicePositions, (server, device) => {
        fc.pre(isConflict(judge(server, device).verdict));
        const parting = partedAt(server, device);
        // Only a timeline that the server does not know can leave it unknown.
        const isKnown = device.timeline === null || leftAt(server, device.timeline) !== undefined;
        expect(parting !== null).toBe(isKnown);
        expect(parting?.version ?? -1).toBeLessThan(device.version);
      }),
    );
  });

  test('at a position that both would still call an ancestor', () => {
    fc.assert(
      fc.property(serverPositions, devicePositions, currentTimelines, (server, device, current) => {
        const parting = partedAt(server, device);
        fc.pre(parting !== null);
        const common = { timeline: parting?.timeline ?? null, version: parting?.version ?? 0, specHash: null };
        expect(isConflict(judge(server, common).verdict)).toBe(false);
        expect(isConflict(judge(graft(server, device, current), common).verdict)).toBe(false);
      }),
    );
  });
});
