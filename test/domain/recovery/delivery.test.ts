import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isToBeDelivered } from '../../../src/domain/recovery/delivery.ts';
import { gates } from '../../../src/domain/recovery/gate.ts';
import { specHash } from '../../../src/domain/rendering/spec-hash.ts';
import { judge } from '../../../src/domain/recovery/verdict.ts';
import { devicePositions, hashes, serverPositions, timelines } from '../../support/random-positions.ts';

const server = { timeline: timelines[0] as string, version: 5, specHash: hashes[0] as string, lineage: {} };
const behind = { timeline: null, version: 4, specHash: null };

describe('a spec is delivered', () => {
  test('to a device that is behind and whose gate is open', () => {
    expect(isToBeDelivered('Open', server, behind)).toBe(true);
    expect(isToBeDelivered('Open', server, { ...behind, version: 0 })).toBe(true);
  });

  test('not while the gate is not open', () => {
    expect(isToBeDelivered('AwaitingReconnect', server, behind)).toBe(false);
    expect(isToBeDelivered('ConflictPaused', server, behind)).toBe(false);
  });

  test('not to a device that runs it already', () => {
    expect(isToBeDelivered('Open', server, { ...behind, version: 5 })).toBe(false);
  });

  test('not to a device of another history, although its number is lower', () => {
    expect(isToBeDelivered('Open', server, { ...behind, timeline: timelines[1] as string })).toBe(false);
  });

  test('not while there is none for the version', () => {
    expect(isToBeDelivered('Open', { ...server, specHash: null }, behind)).toBe(false);
  });

  test('not where it says nothing: a device would remove everything by it', () => {
    expect(isToBeDelivered('Open', { ...server, specHash: specHash({}) }, behind)).toBe(false);
    expect(isToBeDelivered('Open', { ...server, specHash: specHash({ config: [] }) }, behind)).toBe(true);
  });

  test('only ever through an open gate, to an ancestor, and with a version above its own', () => {
    fc.assert(
      fc.property(fc.constantFrom(...gates), serverPositions, devicePositions, (gate, server, device) => {
        const allowed =
          gate === 'Open' &&
          server.specHash !== null &&
          judge(server, device).verdict === 'Behind' &&
          server.version > device.version;
        expect(isToBeDelivered(gate, server, device)).toBe(allowed);
      }),
    );
  });
});
