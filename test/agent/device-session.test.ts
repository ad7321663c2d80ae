import { expect, test } from 'vitest';
import {
  judged,
  mayDeliver,
  newSession,
  positionOf,
  restoreDeclared,
  said,
  sent,
  type DeviceSession,
} from '../../src/agent/device-session.ts';
import type { DevicePosition } from '../../src/domain/recovery/position.ts';

const restore = '01900000-0000-7000-8000-000000000001';
const later = '01900000-0000-7000-8000-000000000002';

function at(version: number): DevicePosition {
  return { timeline: restore, version, specHash: null };
}

function standing(version: number, gate: 'Open' | 'ConflictPaused' = 'Open') {
  return { gate, server: { timeline: restore, version, specHash: 'a'.repeat(64), lineage: {} } };
}

/** A session whose device said that it is at a version, and was judged there. */
function judgedAt(version: number, before: DeviceSession = newSession): DeviceSession {
  const session = said(before, at(version));
  return judged(session, { position: positionOf(session), askedIn: session.askedIn }, restore);
}

test('a device that never said where it is gets nothing, whatever the server has', () => {
  expect(mayDeliver(newSession, standing(5), restore, 0)).toBeNull();
  expect(mayDeliver(said(newSession, at(1)), standing(5), restore, 0)).toBeNull();
});

test('a device that says nothing of its position runs nothing, and stays where it was once it has said so', () => {
  expect(positionOf(said(newSession, null))).toEqual({ timeline: null, version: 0, specHash: null });
  expect(positionOf(said(said(newSession, at(3)), null))).toEqual(at(3));
});

test('a judged device gets a newer spec through an open gate, and only through that', () => {
  const session = judgedAt(1);
  expect(mayDeliver(session, standing(2), restore, 0)?.server.version).toBe(2);
  expect(mayDeliver(session, standing(2, 'ConflictPaused'), restore, 0)).toBeNull();
  expect(mayDeliver(session, standing(1), restore, 0)).toBeNull();
});

test('a spec under way is not sent twice, until half a minute has passed or there is a newer one', () => {
  const session = sent(judgedAt(1), { restore, version: 2, atMs: 1_000 });
  expect(mayDeliver(session, standing(2), restore, 30_999)).toBeNull();
  expect(mayDeliver(session, standing(2), restore, 31_000)).not.toBeNull();
  expect(mayDeliver(session, standing(3), restore, 1_001)).not.toBeNull();
});

test('a device that has said since that it is elsewhere gets nothing until that is judged', () => {
  const session = said(judgedAt(1), at(9));
  expect(mayDeliver(session, standing(2), restore, 0)).toBeNull();
  expect(mayDeliver(said(session, at(1)), standing(2), restore, 0)).not.toBeNull();
});

test('a new verdict on the same position is another permission: what was decided before it does not hold any more', () => {
  const first = judgedAt(1);
  const second = judgedAt(1, first);
  const before = mayDeliver(first, standing(2), restore, 0);
  expect(mayDeliver(first, standing(2), restore, 0)?.verdict).toBe(before?.verdict);
  expect(mayDeliver(second, standing(2), restore, 0)?.verdict).not.toBe(before?.verdict);
});

test('a restore voids what was said and judged, and the device is asked once', () => {
  const { session, ask } = restoreDeclared(judgedAt(1), later);
  expect(ask).toBe(true);
  expect(positionOf(session)).toBeNull();
  expect(positionOf(said(session, null))).toBeNull();
  expect(mayDeliver(session, standing(2), restore, 0)).toBeNull();
  expect(mayDeliver(session, standing(2), later, 0)).toBeNull();
  expect(restoreDeclared(session, later).ask).toBe(false);
  expect(restoreDeclared(session, restore).ask).toBe(true);
});

test('a verdict from before a restore that is told after it is no answer to that restore', () => {
  const session = said(newSession, at(1));
  const asked = restoreDeclared(session, later).session;
  const report = { position: at(1), askedIn: session.askedIn };
  expect(judged(asked, report, restore).judged).toBeNull();
  expect(judged(asked, report, later).judged).toEqual({ position: at(1), restore: later });
});

test('what is judged in one restore is not sent in another', () => {
  expect(mayDeliver(judgedAt(1), standing(2), later, 0)).toBeNull();
});
