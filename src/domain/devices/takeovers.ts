/**
 * Connections of one device that lost their place to a newer one although something answered at their other end. A device
 * that lost its network leaves a dead connection behind; two that live are two programs, and most likely two machines.
 */
export type Contest = {
  readonly times: number;
  readonly lastAtMs: number;
  /** Last time that it was said of the device that it is two machines; absent where it never was. */
  readonly saidAtMs?: number;
};

/** Takeovers that a device may make without waiting: it may connect anew before it has let go of its last connection. */
const freeTakeovers = 2;
/** Time between two takeovers after those, in milliseconds; doubled by each further one. */
const firstGapMs = 10_000;
const maxGapMs = 10 * 60_000;
/** A contest is forgotten when nothing was taken over for this long, in milliseconds. */
const forgottenAfterMs = 60 * 60_000;
/** While two machines go on under one name, it is said again after this long, in milliseconds. */
const sayAgainAfterMs = 24 * 60 * 60_000;

/**
 * Seconds that a new connection of the device has to wait; 0 if it is welcome now. Whether there is a connection to take over
 * from does not matter: another instance may hold it.
 */
export function waitBeforeTakeover(contest: Contest | undefined, nowMs: number): number {
  if (contest === undefined || isForgotten(contest, nowMs)) return 0;
  const gapMs = gapAfter(contest.times);
  // A clock that was set back makes nobody wait longer than the gap.
  const leftMs = Math.min(gapMs, contest.lastAtMs + gapMs - nowMs);
  return Math.max(0, Math.ceil(leftMs / 1_000));
}

function gapAfter(times: number): number {
  if (times < freeTakeovers) return 0;
  return Math.min(maxGapMs, firstGapMs * 2 ** (times - freeTakeovers));
}

function isForgotten({ lastAtMs }: Contest, nowMs: number): boolean {
  return nowMs - lastAtMs > forgottenAfterMs;
}

/** The contest after a living connection lost its place once more. */
export function contestAfter(known: Contest | undefined, nowMs: number): Contest {
  const times = known === undefined || isForgotten(known, nowMs) ? 1 : known.times + 1;
  return { times, lastAtMs: nowMs, ...(known?.saidAtMs !== undefined && { saidAtMs: known.saidAtMs }) };
}

/** Tells whether a contest shows two machines: connections took over from each other, and went on although they had to wait. */
export function showsClones({ times }: Contest): boolean {
  return times > freeTakeovers;
}

/** Tells whether a contest shows two machines and that is to be said now. */
export function isCloneNews(contest: Contest, nowMs: number): boolean {
  const { saidAtMs } = contest;
  return showsClones(contest) && (saidAtMs === undefined || Math.abs(nowMs - saidAtMs) >= sayAgainAfterMs);
}
