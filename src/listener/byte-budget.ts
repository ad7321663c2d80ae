import { AddressSet } from '../config/address-ranges.ts';
import { unavailable, type MusterError } from '../domain/errors.ts';

/** Most bytes of request bodies and frames that one listener holds at the same time. */
export type ByteLimits = {
  /** Limit of one device, or of one principal. */
  readonly perCaller: number;
  /** Limit of one address. */
  readonly perAddress: number;
  readonly total: number;
  /** Addresses and ranges that many others stand behind: the limit for one address is not for them. */
  readonly exempt: readonly string[];
};

/** Sender of bytes: a device or a principal, and its address. */
export type Sender = { readonly caller: string; readonly address: string };

/** Seconds that a refused sender should stay away. The requests that are held now are answered long before that. */
const retryAfterSeconds = 1;

/** The limits that the configuration sets for a listener, with the share of it that one caller has. */
export function byteLimits(
  config: {
    readonly maxBytesPerAddress: number;
    readonly maxBytes: number;
    readonly trustedProxies: readonly string[];
  },
  perCaller: number,
): ByteLimits {
  const { maxBytesPerAddress: perAddress, maxBytes: total, trustedProxies: exempt } = config;
  return { perCaller, perAddress, total, exempt };
}

/**
 * Counts the bytes that one listener has taken in and not answered yet. What one sender may have in flight is bounded by bytes
 * and not by requests, because memory is: a body is held as text, as a document and as a row until its report is committed. A
 * sender, or the listener, that holds nothing gets one body of any length, whatever the limits.
 */
export class ByteBudget {
  private readonly heldBy = new Map<string, number>();
  private readonly limits: ByteLimits;
  private readonly exempt: AddressSet;
  private waiting: (() => boolean)[] = [];
  private total = 0;

  constructor(limits: ByteLimits) {
    this.limits = limits;
    this.exempt = new AddressSet(limits.exempt);
  }

  /** Bytes held now. */
  get held(): number {
    return this.total;
  }

  /** Tells if there is room for more from anybody. */
  hasRoomFor(bytes: number): boolean {
    return fits(this.total, bytes, this.limits.total);
  }

  /**
   * Counts bytes of a sender, until they are given back.
   *
   * @throws MusterError 503 if its caller, its address or the listener holds too many already
   */
  take(sender: Sender, bytes: number): void {
    const [caller, address] = keysOf(sender);
    const { perCaller, perAddress, total } = this.limits;
    if (!fits(this.heldBy.get(caller), bytes, perCaller)) throw tooMany(perCaller, `from ${sender.caller}`);
    if (!this.exempt.has(sender.address) && !fits(this.heldBy.get(address), bytes, perAddress)) {
      throw tooMany(perAddress, 'from one address');
    }
    if (!this.hasRoomFor(bytes)) throw tooMany(total, 'from all together');
    this.total += bytes;
    for (const key of [caller, address]) this.heldBy.set(key, (this.heldBy.get(key) ?? 0) + bytes);
  }

  /** Gives back what was taken, and lets those go on who wait for room. */
  give(sender: Sender, bytes: number): void {
    this.total -= bytes;
    for (const key of keysOf(sender)) {
      const left = (this.heldBy.get(key) ?? 0) - bytes;
      if (left > 0) this.heldBy.set(key, left);
      else this.heldBy.delete(key);
    }
    while (this.waiting[0]?.() === true) this.waiting.shift();
  }

  /**
   * Lets a sender wait in line for room.
   *
   * @param goOn called each time that bytes are given back; answers whether it waits no longer
   */
  wait(goOn: () => boolean): void {
    this.waiting.push(goOn);
  }
}

function fits(held: number | undefined, bytes: number, limit: number): boolean {
  return held === undefined || held === 0 || held + bytes <= limit;
}

/** The blank keeps addresses apart from names of devices. */
function keysOf({ caller, address }: Sender): readonly [string, string] {
  return [caller, ` ${address}`];
}

function tooMany(limit: number, whose: string): MusterError {
  return unavailable(`expected at most ${limit} bytes ${whose} in flight at the same time`, retryAfterSeconds);
}
