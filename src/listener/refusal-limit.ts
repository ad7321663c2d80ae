import { isIPv6, type Socket } from 'node:net';
import { LRUCache } from 'lru-cache';
import type { FastifyRequest } from 'fastify';
import { AddressSet } from '../config/address-ranges.ts';
import { tooManyRequests } from '../domain/errors.ts';

/** A burst may use up what this many seconds allow at once. */
const burstSeconds = 10;
/** Addresses that are remembered; past it the oldest are forgotten and count as new. */
const maxAddresses = 50_000;

/**
 * Limits the requests of each address whose credentials are refused: checking one costs more than most answers, and each is a
 * line of the log. Past the limit requests from there are turned away unchecked, but for those on connections on which a
 * credential was accepted: devices behind one address with one that tries everything go on.
 */
export class RefusalLimit {
  /** Time until which each address has paid for its refusals, in milliseconds (generic cell rate algorithm, as RateLimiter). */
  private readonly paidUntilMs = new LRUCache<string, number>({ maxSize: maxAddresses, sizeCalculation: () => 1 });
  private readonly accepted = new WeakSet<Socket>();
  private readonly perSecond: number;
  private readonly exempt: AddressSet;

  /**
   * @param perSecond refusals of one address in the long run, and ten seconds' worth at once; 0 for any number
   * @param exempt addresses and ranges that many others stand behind
   */
  constructor(perSecond: number, exempt: readonly string[]) {
    this.perSecond = perSecond;
    this.exempt = new AddressSet(exempt);
  }

  /** @throws MusterError 429 if too many credentials from the address of the request were refused */
  assertMayTry(request: FastifyRequest, nowMs = performance.now()): void {
    if (this.accepted.has(request.raw.socket)) return;
    const paidUntilMs = this.paidUntilMs.get(networkOf(request.ip));
    if (paidUntilMs === undefined) return;
    const waitMs = paidUntilMs - nowMs - burstSeconds * 1_000;
    if (waitMs <= 0) return;
    const seconds = Math.ceil(waitMs / 1_000);
    throw tooManyRequests(`too many credentials from this address were refused; try again in ${seconds} s`, seconds);
  }

  /** Notes that the credential of a request was refused. */
  refused({ ip, raw: { socket } }: FastifyRequest, nowMs = performance.now()): void {
    this.accepted.delete(socket);
    if (this.perSecond === 0 || this.exempt.has(ip)) return;
    const network = networkOf(ip);
    this.paidUntilMs.set(network, Math.max(this.paidUntilMs.get(network) ?? 0, nowMs) + 1_000 / this.perSecond);
  }

  /** Notes that the credential of a request was accepted. */
  accept({ raw: { socket } }: FastifyRequest): void {
    // A proxy's connection carries the requests of many.
    if (!this.accepted.has(socket) && !this.exempt.has(socket.remoteAddress ?? '')) this.accepted.add(socket);
  }
}

/** The address itself, and for IPv6 the first 64 bits: whoever has one of these addresses has them all (RFC 6177). */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '').replace(/%.*$/, '');
  if (!isIPv6(plain)) return plain;
  const [before = '', after] = plain.split('::');
  const head = before.split(':').filter(Boolean);
  const tail = after?.split(':').filter(Boolean) ?? [];
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0');
  return [...head, ...zeros, ...tail].slice(0, 4).join(':');
}
