import type { FastifyRequest } from 'fastify';
import { tooManyRequests, type MusterError } from '../domain/errors.ts';
import type { Listener } from './listener.ts';
import { RateLimiter } from '../http/rate-limiter.ts';

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

/** A caller of whom no more is known than from where it calls. No name is spelled so. */
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
