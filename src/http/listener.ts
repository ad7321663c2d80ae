import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { fastify, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Log } from '../log.ts';
import { renderProblems } from './problems.ts';

export type Listener = FastifyInstance<Server, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>;

/** Largest request body, in bytes. */
export const maxBodyBytes = 2 * 1024 * 1024;
/** How long a client may take to send a request, headers and body. */
const requestTimeoutMs = 30_000;

/**
 * What both listeners share: zod reads what comes in, one place renders errors, sizes and times are bounded. What goes
 * out is typed by the same schemas at compile time and written by JSON.stringify.
 */
export function createListener(log: Log): Listener {
  const app = fastify({
    logger: false,
    bodyLimit: maxBodyBytes,
    requestTimeout: requestTimeoutMs,
    connectionTimeout: 0,
    routerOptions: { maxParamLength: 300 },
    forceCloseConnections: 'idle',
    http: { headersTimeout: 10_000, maxHeaderSize: 128 * 1024 },
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(() => JSON.stringify);
  app.removeContentTypeParser('text/plain');
  app.addContentTypeParser(
    'application/json-patch+json',
    { parseAs: 'string' },
    app.getDefaultJsonParser('error', 'error'),
  );
  renderProblems(app, log);
  endConnectionsOnClose(app);
  return app;
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
