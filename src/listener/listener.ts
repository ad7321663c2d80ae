import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http';
import { fastify, type FastifyBaseLogger, type FastifyInstance, type FastifyServerFactory } from 'fastify';
import { validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Log } from '../logging/log.ts';
import { admitRequests, noConnectionLimits, type ConnectionLimits } from './connection-limits.ts';
import { FirstRequests } from './first-requests.ts';
import type { ListenerTls } from './listener-tls.ts';
import { maxHeaderBytes, refuseMalformedRequests } from './malformed-requests.ts';
import { refuseUnreadablePath, renderProblems } from './problems.ts';
import { requestIdOf, tellRequestIds } from './request-id.ts';
import { beginInTurns } from './request-queue.ts';

export type Listener = FastifyInstance<Server, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>;

/** Largest request body, in bytes. */
const maxBodyBytes = 2 * 1024 * 1024;
/** Longest time between two requests of a connection. */
const keepAliveTimeoutMs = 72_000;
/** Longest wait of a request for capacity: longer than a full queue takes at two thousand requests a second. */
const maxWaitMs = 5_000;

/** Time limits for clients, in milliseconds, and the number of clients. */
type ListenerBounds = {
  /** To send the headers of a request. */
  readonly headersTimeoutMs: number;
  /** To send a whole request. */
  readonly requestTimeoutMs: number;
  /** To read more of an answer, or wait for one: a connection on which nothing moves for longer is closed. */
  readonly quietTimeoutMs: number;
  readonly connections: ConnectionLimits;
};
/** Settings of a listener that have a usual value. */
type ListenerSettings = ListenerBounds & {
  /** Proxies whose word on the origin of a request is trusted (X-Forwarded-For). */
  readonly trustedProxies?: readonly string[];
  /** Number of requests that there is room for now; the others wait in line. Without it there is always room. */
  readonly room?: () => number;
};
const usualSettings: ListenerSettings = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  quietTimeoutMs: 300_000,
  connections: noConnectionLimits,
};

/**
 * Makes a listener, for devices and for people alike: zod parses requests, one place renders errors, sizes and times are bounded.
 * The same schemas type the answers at compile time; JSON.stringify writes them.
 *
 * @param tls certificates and keys; the listener speaks plain HTTP without them
 */
export function createListener(log: Log, tls?: ListenerTls, settings: ListenerSettings = usualSettings): Listener {
  const { trustedProxies = [], room = () => Infinity, ...bounds } = settings;
  const firstRequests = new FirstRequests(Math.max(0, keepAliveTimeoutMs - bounds.headersTimeoutMs));
  const app = fastify<Server>({
    logger: false,
    genReqId: requestIdOf,
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    bodyLimit: maxBodyBytes,
    requestTimeout: bounds.requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    connectionTimeout: bounds.quietTimeoutMs,
    clientErrorHandler: refuseMalformedRequests(bounds, firstRequests),
    frameworkErrors: refuseUnreadablePath,
    routerOptions: { maxParamLength: 300 },
    forceCloseConnections: 'idle',
    // What comes on a connection that is still open is answered like any other, and the last on it: nobody needs to ask twice.
    return503OnClosing: false,
    http: serverBounds(bounds),
    ...(tls !== undefined && { serverFactory: serverFactory(tls, bounds) }),
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(() => JSON.stringify);
  app.removeContentTypeParser('text/plain');
  app.addContentTypeParser(
    'application/json-patch+json',
    { parseAs: 'string' },
    app.getDefaultJsonParser('error', 'error'),
  );
  firstRequests.watch(app);
  beginInTurns(app, { room, maxWaitMs: Math.min(maxWaitMs, bounds.requestTimeoutMs / 2) });
  tellRequestIds(app);
  admitRequests(app, bounds.connections);
  renderProblems(app, log);
  finishAnswers(app);
  return app;
}

/** Bounds of Node's own server, with TLS and without. */
function serverBounds({ headersTimeoutMs, requestTimeoutMs }: ListenerBounds): ServerOptions {
  const headersTimeout = Math.min(headersTimeoutMs, requestTimeoutMs);
  return {
    headersTimeout,
    maxHeaderSize: maxHeaderBytes,
    // Longest time by which a client can be late before it is noticed.
    connectionsCheckingInterval: Math.min(2_000, headersTimeout),
  };
}

function serverFactory(tls: ListenerTls, bounds: ListenerBounds): FastifyServerFactory {
  // A server from a factory does not get from Fastify what it sets on its own.
  const timeouts = { requestTimeout: bounds.requestTimeoutMs, keepAliveTimeout: keepAliveTimeoutMs };
  return (handler) => {
    const server = tls.createServer({ ...serverBounds(bounds), ...timeouts }, handler);
    server.setTimeout(bounds.quietTimeoutMs);
    return server;
  };
}

/**
 * Connections that are answered while the listener closes are not kept alive: closing would wait for each to time out. And
 * no cache keeps an answer, unless a route knows better: answers hold specs, and how a device stands at this moment. Both in
 * one hook, because every report passes through here.
 */
function finishAnswers(app: Listener): void {
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (closing) void reply.header('connection', 'close');
    if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'no-store');
    done(null, payload);
  });
}
