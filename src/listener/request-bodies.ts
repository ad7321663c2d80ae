import type { FastifyRequest } from 'fastify';
import { MusterError } from '../domain/errors.ts';
import type { ByteBudget, Sender } from './byte-budget.ts';
import type { Listener } from './listener.ts';

/** Longest wait of a request for room for its body. */
const maxWaitMs = 5_000;

declare module 'fastify' {
  interface FastifyRequest {
    /** Bytes that are counted for its body until it is answered. */
    bodyBytes: number;
  }
}

/**
 * Counts the body of each request before it is read, until the request is answered. One for which there is no room waits a
 * while where all together hold too much, unread, and is refused at once where its sender does. To be called after the hook is
 * added that finds out who calls.
 */
export function boundBodies(app: Listener, budget: ByteBudget, callerOf: (request: FastifyRequest) => string): void {
  app.decorateRequest('bodyBytes', 0);
  const senderOf = (request: FastifyRequest): Sender => ({ caller: callerOf(request), address: request.ip });

  app.addHook('onRequest', (request, reply, done) => {
    const bytes = expectedBytes(request);
    if (bytes === 0) {
      done();
      return;
    }
    const refuse = (error: unknown) => {
      // What is not read is not waited for either.
      void reply.header('connection', 'close');
      done(error as Error);
    };
    if (isEncoded(request)) {
      void reply.header('accept-encoding', 'identity');
      refuse(new MusterError('unsupportedMediaType', 'expected a body without a content encoding'));
      return;
    }
    const begin = () => {
      try {
        budget.take(senderOf(request), bytes);
      } catch (error) {
        refuse(error);
        return;
      }
      request.bodyBytes = bytes;
      done();
    };
    if (budget.hasRoomFor(bytes)) begin();
    else waitForRoom(budget, bytes, { begin, isGone: () => request.raw.socket.destroyed });
  });

  app.addHook('onSend', (request, _reply, payload, done) => {
    if (request.bodyBytes > 0) budget.give(senderOf(request), request.bodyBytes);
    request.bodyBytes = 0;
    done(null, payload);
  });
}

/** Begins a request once there is room for its body, and past the longest wait all the same: then it is refused. */
function waitForRoom(
  budget: ByteBudget,
  bytes: number,
  { begin, isGone }: { begin: () => void; isGone: () => boolean },
): void {
  let isDone = false;
  const end = () => {
    if (isDone) return;
    isDone = true;
    clearTimeout(timer);
    if (!isGone()) begin();
  };
  const timer = setTimeout(end, maxWaitMs);
  budget.wait(() => {
    if (isGone() || budget.hasRoomFor(bytes)) end();
    return isDone;
  });
}

/**
 * Length of the body that will be read. One that does not say how long it is counts as the longest that its route takes; one that
 * is longer than that is refused without being read.
 */
function expectedBytes({ method, raw: { headers }, routeOptions: { bodyLimit } }: FastifyRequest): number {
  if (method === 'GET' || method === 'HEAD') return 0;
  if (headers['transfer-encoding'] !== undefined) return bodyLimit;
  const length = Number(headers['content-length'] ?? 0);
  return length > bodyLimit ? 0 : length;
}

function isEncoded({ raw: { headers } }: FastifyRequest): boolean {
  const encoding = headers['content-encoding'];
  return encoding !== undefined && encoding.toLowerCase() !== 'identity';
}
