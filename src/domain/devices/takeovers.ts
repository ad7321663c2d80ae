/**
 * Connections of one device that were replaced by a newer one although they were alive. A device that lost its network
 * leaves a dead connection behind; two live ones are two programs, and most likely two machines.
 */
export type Contest = {
  readonly times: number;
  readonly lastAtMs: number;
  /** Last time that an event named the device as two machines; absent if none did. */
  readonly saidAtMs?: number;
};

/** Takeovers that a device may make without waiting, because it may reconnect before it has closed its last connection. */
const freeTakeovers = 2;
/** Shortest time between two takeovers after the free ones, in milliseconds; each further takeover doubles it. */
const firstGapMs = 10_000;
const maxGapMs = 10 * 60_000;
/** A contest is forgotten when nothing was taken over for this long, in milliseconds. */
const forgottenAfterMs = 60 * 60_000;
/** Time between two events about the same device while two machines go on, in milliseconds. */
const sayAgainAfterMs = 24 * 60 * 60_000;

/**
 * Seconds that a new connection of the device has to wait; 0 if it may connect now. An existing connection is not required:
 * another instance may hold it.
 */
export function waitBeforeTakeover(contest: Contest | undefined, nowMs: number): number {
  if (contest === undefined || isForgotten(contest, nowMs)) return 0;
  const gapMs = gapAfter(contest.times);
  // After a clock was set back, nobody waits longer than the gap.
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

/** The contest after one more live connection was replaced. */
export function contestAfter(known: Contest | undefined, nowMs: number): Contest {
  const times = known === undefined || isForgotten(known, nowMs) ? 1 : known.times + 1;
  return { times, lastAtMs: nowMs, ...(known?.saidAtMs !== undefined && { saidAtMs: known.saidAtMs }) };
}

/** True if a contest proves two machines: connections took over from each other, and went on although they had to wait. */
export function showsClones({ times }: Contest): boolean {
  return times > freeTakeovers;
}

/** True if a contest proves two machines, and an event about it is due now. */
export function isCloneNews(contest: Contest, nowMs: number): boolean {
  const { saidAtMs } = contest;
  return showsClones(contest) && (saidAtMs === undefined || Math.abs(nowMs - saidAtMs) >= sayAgainAfterMs);
}
