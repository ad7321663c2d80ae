import * as fc from 'fast-check';
import type { DevicePosition, ServerPosition } from '../../src/domain/recovery/position.ts';

/** Ids of restores, oldest first: they sort by time. */
export const timelines = [1, 2, 3, 4, 5].map((n) => `0190000${n}-0000-7000-8000-00000000000${n}`);
/** A timeline that is in no server's history. */
export const foreignTimeline = '0190000f-0000-7000-8000-00000000000f';
export const hashes = ['a', 'b', 'c'].map((letter) => letter.repeat(64));

const timeline = fc.constantFrom(...timelines);
const version = fc.nat(12);
const specHash = fc.option(fc.constantFrom(...hashes));

/** A server position that can occur: no ancestor was left at a version above its own. */
export const serverPositions: fc.Arbitrary<ServerPosition> = fc
  .record({
    timeline,
    version,
    specHash,
    lineage: fc.dictionary(timeline, version, { noNullPrototype: true, maxKeys: 3 }),
  })
  .map(({ lineage, ...server }) => ({
    ...server,
    specHash: server.version === 0 ? null : server.specHash,
    lineage: Object.fromEntries(
      Object.entries(lineage)
        .filter(([ancestor]) => ancestor !== server.timeline)
        .map(([ancestor, left]) => [ancestor, Math.min(left, server.version)]),
    ),
  }));

/** A position that a device may report, honest or not. */
export const devicePositions: fc.Arbitrary<DevicePosition> = fc.record({
  timeline: fc.option(fc.constantFrom(...timelines, foreignTimeline)),
  version: fc.nat(14),
  specHash,
});

/** The restore that is current, or becomes it. */
export const currentTimelines = timeline;
