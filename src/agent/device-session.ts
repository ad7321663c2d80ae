import { isToBeDelivered, type DeliverablePosition } from '../domain/recovery/delivery.ts';
import { isSamePosition, nothingRun, type DevicePosition } from '../domain/recovery/position.ts';
import type { Standing } from '../usecases/find-standings.ts';

/*
 * The decision what may be sent on one WebSocket. Pure: no socket, no clock, no database.
 *
 *              said                  judged                  sent
 *   silent ───────────▶ stated ───────────────▶ judged ───────────────▶ under way
 *                        ▲  ▲                    │  ▲                    │
 *                        │  └────────────────────┘  └────────────────────┘
 *                        │      said elsewhere        30 s, or a newer version
 *                        │ said
 *                     outdated ◀───────────────────────── restoreDeclared, from any state
 *
 * A spec leaves only from `judged`, only in the restore of that verdict, and only while the last thing said is what was judged.
 */

/** A report's verdict: where the device was, and in which restore that was judged. */
type Judged = { readonly position: DevicePosition; readonly restore: string };

/** Statements and decisions of one connection so far. */
export type DeviceSession = {
  /** The position last stated here, judged or not; outdated by a restore since then. */
  readonly stated: DevicePosition | 'nothing yet' | 'outdated';
  /** Null until a report was judged, and after a restore until one is again. */
  readonly judged: Judged | null;
  /** The restore after which the device was last asked to say again where it is. */
  readonly askedIn: string | undefined;
  /** The spec that is under way to the device. */
  readonly sent: { readonly restore: string; readonly version: number; readonly atMs: number } | undefined;
};

/** Time after which a spec that the device does not report as received is sent again. */
const sendAgainAfterMs = 30_000;

/** Session of a connection that has just opened. */
export const newSession: DeviceSession = { stated: 'nothing yet', judged: null, askedIn: undefined, sent: undefined };

/** Notes a report. @param position null where the report says nothing of it, and so leaves the device where it was */
export function said(session: DeviceSession, position: DevicePosition | null): DeviceSession {
  return position === null ? session : { ...session, stated: position };
}

/**
 * Tells where the device counts as being by what it said last. Null after a restore until it says so again: a report that
 * says nothing of it is not judged then. A device that never said anything has no spec.
 */
export function positionOf({ stated }: DeviceSession): DevicePosition | null {
  if (stated === 'outdated') return null;
  return stated === 'nothing yet' ? nothingRun : stated;
}

/**
 * Notes the verdict on a report.
 *
 * @param report the position that was judged, and the restore that this session had asked in when the report came
 */
export function judged(
  session: DeviceSession,
  { position, askedIn }: { position: DevicePosition | null; askedIn: string | undefined },
  restore: string,
): DeviceSession {
  // Judged before a restore, and told only now, it is no answer to that restore.
  const isOutdated = session.askedIn !== askedIn && session.askedIn !== restore;
  return position === null || isOutdated ? session : { ...session, judged: { position, restore } };
}

/** Notes a restore: nothing said before counts. @returns whether the device has to be asked, which it is once a restore */
export function restoreDeclared(session: DeviceSession, restore: string): { session: DeviceSession; ask: boolean } {
  if (session.askedIn === restore) return { session: { ...session, judged: null }, ask: false };
  const stated = session.stated === 'nothing yet' ? 'nothing yet' : 'outdated';
  return { session: { ...session, judged: null, askedIn: restore, stated }, ask: true };
}

/**
 * Decides whether what the server has may be sent now: in the restore in which the device was judged, to a device that has
 * not said since that it is somewhere else (it is sent a spec in answer to that, if at all), and not twice.
 *
 * @param nowMs of a clock that never goes back
 * @returns null if it may not. Asked again after a wait, only a permission by the same verdict still holds
 */
export function mayDeliver(
  session: DeviceSession,
  { gate, server }: Standing,
  restore: string,
  nowMs: number,
): { readonly verdict: Judged; readonly server: DeliverablePosition } | null {
  const { judged, sent } = session;
  const position = positionOf(session);
  if (judged === null || judged.restore !== restore || position === null) return null;
  const isUnderWay =
    sent?.restore === restore && server.version <= sent.version && nowMs - sent.atMs < sendAgainAfterMs;
  if (isUnderWay || !isSamePosition(position, judged.position)) return null;
  return isToBeDelivered(gate, server, judged.position) ? { verdict: judged, server } : null;
}

/** Notes what is under way to the device, so that it is not sent twice. */
export function sent(session: DeviceSession, spec: { restore: string; version: number; atMs: number }): DeviceSession {
  return { ...session, sent: spec };
}
