import type { FastifyRequest } from 'fastify';
import { tooManyRequests, type MusterError } from '../domain/errors.ts';
import type { Listener } from './listener.ts';

/** A burst may use up what this many seconds allow at once. */
const burstSeconds = 10;
/** Below this many remembered callers nothing is forgotten. */
const leastRemembered = 10_000;

/** A rate limit of one listener, for what comes in by requests and by other ways. */
export type RateLimit = {
  /** @throws MusterError 429 if the caller asks too often */
  spend(caller: string): void;
};

/**
 * @param perSecond how often a caller may ask in the long run; 0 as often as it likes
 * @param noun what a caller is called in messages, such as `device`
 */
export function createRateLimit(perSecond: number, noun: string): RateLimit {
  const limiter = new RateLimiter(perSecond);
  return {
    spend(caller) {
      const waitMs = limiter.take(caller, performance.now());
      if (waitMs > 0) throw tooOften(perSecond, noun, waitMs);
    },
  };
}

function tooOften(perSecond: number, noun: string, waitMs: number): MusterError {
  const seconds = Math.ceil(waitMs / 1_000);
  return tooManyRequests(
    `expected at most ${perSecond} requests a second from one ${noun}, with ten seconds’ worth at once; try again in ${seconds} s`,
    seconds,
  );
}

/** Key for a caller known by its address only. The blank keeps it apart from names of devices. */
export function addressOf({ ip }: FastifyRequest): string {
  return `address ${ip}`;
}

/**
 * Counts every request of a listener, before its body is read. To be called after the hook is added that finds out who
 * calls: then nobody can use up what another one may ask.
 */
export function limitRequests(app: Listener, limit: RateLimit, callerOf: (request: FastifyRequest) => string): void {
  app.addHook('onRequest', (request, _reply, done) => {
    try {
      limit.spend(callerOf(request));
      done();
    } catch (error) {
      done(error as Error);
    }
  });
}

/**
 * Limits the requests of each of many callers: to a rate in the long run, and to ten seconds' worth at once. In memory
 * of one process. Costs a look-up in a map and a number a caller, for it stands in the way of every report.
 *
 * The generic cell rate algorithm (ITU-T I.371, annex A, virtual scheduling): each request pays for a slice of time,
 * and nobody may have paid too far ahead.
 */
export class RateLimiter {
  /** Time until which each caller has paid, in milliseconds of the same clock as `nowMs`. A time that has passed says nothing. */
  private readonly paidUntilMs = new Map<string, number>();
  private readonly sliceMs: number;
  private readonly maxAheadMs: number;
  private forgetAt = leastRemembered;

  /** @param perSecond how often a caller may ask in the long run; 0 as often as it likes */
  constructor(perSecond: number) {
    this.sliceMs = perSecond === 0 ? 0 : 1_000 / perSecond;
    this.maxAheadMs = burstSeconds * 1_000;
  }

  /**
   * Asks once.
   *
   * @param nowMs of a clock that never goes back, such as `performance.now()`
   * @returns 0 if the caller may; else how many milliseconds it should wait, and nothing was paid
   */
  take(caller: string, nowMs: number): number {
    if (this.sliceMs === 0) return 0;
    const paidUntilMs = Math.max(this.paidUntilMs.get(caller) ?? 0, nowMs) + this.sliceMs;
    const tooFarMs = paidUntilMs - nowMs - this.maxAheadMs;
    // Sums of slices are not exact: the last request of a full burst must not fail by a rounding.
    if (tooFarMs > 1e-6) return tooFarMs;
    this.paidUntilMs.set(caller, paidUntilMs);
    if (this.paidUntilMs.size >= this.forgetAt) this.forget(nowMs);
    return 0;
  }

  /** Number of callers that are remembered. */
  get size(): number {
    return this.paidUntilMs.size;
  }

  /** A caller that has paid for nothing to come is as one that never came. Run so seldom that it costs each request little. */
  private forget(nowMs: number): void {
    for (const [caller, paidUntilMs] of this.paidUntilMs) {
      if (paidUntilMs <= nowMs) this.paidUntilMs.delete(caller);
    }
    this.forgetAt = Math.max(leastRemembered, 2 * this.paidUntilMs.size);
  }
}
