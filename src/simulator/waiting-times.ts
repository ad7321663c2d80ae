/** Gives a number from 0 up to 1, as Math.random does. */
type Chance = () => number;

/** Wait before the next try after failures: longer each time, up to a cap, and spread at random. */
export class Backoff {
  private attempt = 0;
  private readonly firstMs: number;
  private readonly capMs: number;
  private readonly chance: Chance;

  constructor({ firstMs, capMs }: { firstMs: number; capMs: number }, chance: Chance = Math.random) {
    this.firstMs = firstMs;
    this.capMs = capMs;
    this.chance = chance;
  }

  /** Milliseconds to wait now: from half of the next step up to the whole of it. */
  next(): number {
    const step = Math.min(this.capMs, this.firstMs * 2 ** Math.min(this.attempt, 30));
    this.attempt += 1;
    return step * (0.5 + this.chance() / 2);
  }

  reset(): void {
    this.attempt = 0;
  }
}

/** No server may hold a simulated device off for longer than this. */
const maxRetryAfterMs = 10 * 60_000;

/**
 * Reads the wait that a `Retry-After` (RFC 9110, section 10.2.3: seconds, or a date) asks for, in milliseconds, never less
 * and up to a fifth more, so that devices refused together do not come back together. Undefined if it cannot be read.
 */
export function retryAfterMs(text: string, now: Date, chance: Chance = Math.random): number | undefined {
  const asked = /^\d+$/.test(text.trim()) ? Number(text) * 1_000 : Date.parse(text) - now.getTime();
  if (Number.isNaN(asked)) return undefined;
  return Math.min(Math.max(asked, 0), maxRetryAfterMs) * (1 + chance() / 5);
}

/** From half of a span up to one and a half of it: so that many devices do not do the same at the same moment. */
export function around(spanMs: number, chance: Chance = Math.random): number {
  return spanMs * (0.5 + chance());
}
