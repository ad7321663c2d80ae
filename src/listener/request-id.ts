import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** Header in which a request and its answer say which request it is. */
export const requestIdHeader = 'x-request-id';
/** Form of request ids that other programs make: UUIDs, ULIDs, traces and spans. None of them can forge a line of a log. */
const sane = /^[\w.:/+=-]{1,128}$/;

/** The id of a request: the one that its sender gave it, if that is one, else a new one. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers[requestIdHeader];
  return typeof given === 'string' && sane.test(given) ? given : randomUUID();
}

/** Says in every answer which request it answers. */
export function tellRequestIds(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header(requestIdHeader, request.id);
    done();
  });
}
