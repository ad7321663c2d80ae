import type { FastifyInstance } from 'fastify';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { AddressSet } from '../config/address-ranges.ts';
import { MusterError, tooManyRequests, unavailable } from '../domain/errors.ts';

export type ConnectionLimits = {
  /** Connections to a listener, open at the same time; 0 for any number. */
  readonly total: number;
  /** The same from one address; 0 for any number. */
  readonly perAddress: number;
  /** Addresses and ranges that many others stand behind: the limit for one address is not for them. */
  readonly exempt: readonly string[];
};

/** Any number of connections. */
export const noConnectionLimits: ConnectionLimits = { total: 0, perAddress: 0, exempt: [] };

/** The limits that the configuration sets for each listener. */
export function connectionLimits(config: {
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  readonly trustedProxies: readonly string[];
}): ConnectionLimits {
  return { total: config.maxConnections, perAddress: config.maxConnectionsPerAddress, exempt: config.trustedProxies };
}

/** Connections past the limits that are told so before they are closed; those past these too are cut off without a word. */
const maxRefused = 1_000;
/** Seconds that a refused client should stay away. */
const retryAfterSeconds = 10;

/** Header lines of a request; what agents, browsers and proxies send is far below. */
const maxHeaderLines = 200;

/**
 * Refuses requests with too many header lines, and bounds how many connections are open. A connection too many is
 * accepted, has its first request refused with the reason, and is closed; it has no more time for that request than any
 * other. All of it in one hook, because every report passes through here.
 */
export function admitRequests(app: FastifyInstance, limits: ConnectionLimits): void {
  const { server } = app;
  // Node leaves out what is past its limit without a word: one more than ours, and it shows.
  server.maxHeadersCount = maxHeaderLines + 1;
  const exempt = new AddressSet(limits.exempt);
  const openFrom = new Map<string, number>();
  const refusals = new WeakMap<Socket, 'total' | 'address'>();
  let open = 0;
  let refused = 0;
  // Counted by the system, and so bounds what has not finished its TLS handshake too.
  if (limits.total > 0) server.maxConnections = limits.total + maxRefused;

  const admit = (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const there = (openFrom.get(address) ?? 0) + 1;
    const refusal = refusalOf(address, there);
    if (refusal !== undefined && refused >= maxRefused) {
      socket.destroy();
      return;
    }
    open += 1;
    openFrom.set(address, there);
    if (refusal !== undefined) {
      refused += 1;
      refusals.set(socket, refusal);
    }
    socket.once('close', () => {
      open -= 1;
      if (refusal !== undefined) refused -= 1;
      const left = (openFrom.get(address) ?? 1) - 1;
      if (left === 0) openFrom.delete(address);
      else openFrom.set(address, left);
    });
  };
  const refusalOf = (address: string, there: number) => {
    if (limits.total > 0 && open >= limits.total) return 'total';
    return limits.perAddress > 0 && there > limits.perAddress && !exempt.has(address) ? 'address' : undefined;
  };
  if (limits.total > 0 || limits.perAddress > 0)
    server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', admit);

  app.addHook('onRequest', (request, reply, done) => {
    // Names and values stand in turn.
    const hasTooManyLines = request.raw.rawHeaders.length > 2 * maxHeaderLines;
    const refusal = refused === 0 ? undefined : refusals.get(request.raw.socket);
    if (refusal === undefined && !hasTooManyLines) {
      done();
      return;
    }
    void reply.header('connection', 'close');
    // The answer to an upgrade leaves its connection open.
    reply.raw.once('finish', () => request.raw.socket.destroySoon());
    done(refusal === undefined ? tooManyLines() : refusalError(refusal, limits));
  });
}

function tooManyLines(): MusterError {
  return new MusterError('headersTooLarge', `expected at most ${maxHeaderLines} header lines`);
}

function refusalError(refusal: 'total' | 'address', { total, perAddress }: ConnectionLimits): MusterError {
  switch (refusal) {
    case 'total':
      return unavailable(`expected at most ${total} connections at the same time`, retryAfterSeconds);
    case 'address':
      return tooManyRequests(
        `expected at most ${perAddress} connections from one address at the same time`,
        retryAfterSeconds,
      );
    default:
      return refusal satisfies never;
  }
}
