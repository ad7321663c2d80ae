import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http';
import { fastify, type FastifyBaseLogger, type FastifyInstance, type FastifyServerFactory } from 'fastify';
import { validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Log } from '../log.ts';
import { limitHeaderLines, maxHeaderBytes } from './header-limits.ts';
import type { ListenerTls } from './listener-tls.ts';
import { refuseMalformedRequests } from './malformed-requests.ts';
import { renderProblems } from './problems.ts';
import { requestIdOf, tellRequestIds } from './request-id.ts';
import { forbidCaching } from './response-headers.ts';

export type Listener = FastifyInstance<Server, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>;

/** Largest request body, in bytes. */
export const maxBodyBytes = 2 * 1024 * 1024;
/** How long a connection may stay open between two requests. */
const keepAliveTimeoutMs = 72_000;

/** How much time clients have, in milliseconds. */
export type RequestTimes = {
  /** To send the headers of a request. */
  readonly headersTimeoutMs: number;
  /** To send a whole request. */
  readonly requestTimeoutMs: number;
  /** To read more of an answer, or wait for one: a connection on which nothing moves for longer is closed. */
  readonly quietTimeoutMs: number;
};
/** Settings of a listener that have a usual value. */
export type ListenerSettings = RequestTimes & {
  /** Proxies of which is believed from where a request came to them (X-Forwarded-For). */
  readonly trustedProxies?: readonly string[];
};
const usualTimes: RequestTimes = { headersTimeoutMs: 10_000, requestTimeoutMs: 30_000, quietTimeoutMs: 300_000 };

/**
 * What both listeners share: zod reads what comes in, one place renders errors, sizes and times are bounded. What goes
 * out is typed by the same schemas at compile time and written by JSON.stringify.
 *
 * @param tls what it speaks TLS with; plain HTTP if it is not given
 */
export function createListener(log: Log, tls?: ListenerTls, times: ListenerSettings = usualTimes): Listener {
  const { trustedProxies = [] } = times;
  const app = fastify<Server>({
    logger: false,
    genReqId: requestIdOf,
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    bodyLimit: maxBodyBytes,
    requestTimeout: times.requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    connectionTimeout: times.quietTimeoutMs,
    clientErrorHandler: refuseMalformedRequests(times),
    routerOptions: { maxParamLength: 300 },
    forceCloseConnections: 'idle',
    // What comes on a connection that is still open is answered like any other, and the last on it: nobody needs to ask twice.
    return503OnClosing: false,
    http: serverBounds(times),
    ...(tls !== undefined && { serverFactory: serverFactory(tls, times) }),
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(() => JSON.stringify);
  app.removeContentTypeParser('text/plain');
  app.addContentTypeParser(
    'application/json-patch+json',
    { parseAs: 'string' },
    app.getDefaultJsonParser('error', 'error'),
  );
  tellRequestIds(app);
  limitHeaderLines(app);
  forbidCaching(app);
  renderProblems(app, log);
  endConnectionsOnClose(app);
  return app;
}

/** Bounds of Node's own server, with TLS and without. */
function serverBounds({ headersTimeoutMs, requestTimeoutMs }: RequestTimes): ServerOptions {
  const headersTimeout = Math.min(headersTimeoutMs, requestTimeoutMs);
  return {
    headersTimeout,
    maxHeaderSize: maxHeaderBytes,
    // By how much a client may be late at the most before it is noticed.
    connectionsCheckingInterval: Math.min(2_000, headersTimeout),
  };
}

function serverFactory(tls: ListenerTls, times: RequestTimes): FastifyServerFactory {
  // A server from a factory does not get from Fastify what it sets on its own.
  const timeouts = { requestTimeout: times.requestTimeoutMs, keepAliveTimeout: keepAliveTimeoutMs };
  return (handler) => {
    const server = tls.createServer({ ...serverBounds(times), ...timeouts }, handler);
    server.setTimeout(times.quietTimeoutMs);
    return server;
  };
}

/** Connections that are answered while the listener closes are not kept alive: closing would wait for each to time out. */
function endConnectionsOnClose(app: Listener): void {
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (closing) void reply.header('connection', 'close');
    done(null, payload);
  });
}
