import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { resourceNameSchema } from '../domain/resources/object-meta.ts';
import { actorOf } from './actor.ts';
import type { Listener } from '../listener/listener.ts';

/** Facts about an action that its line of the log has beside the request. */
export type ActionFacts = {
  readonly restore?: string;
  /** Devices that the action changed. */
  readonly devices?: number;
  /** Lost edits that the action put back. */
  readonly edits?: number;
  readonly reason?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly dryRun?: boolean | undefined;
};

declare module 'fastify' {
  interface FastifyRequest {
    /** Facts for the line that the log will have about this request. */
    actionFacts: ActionFacts | null;
    /** Span of this request in a trace, where there is one. */
    span: ReturnType<Context['tracing']['request']> | null;
  }
}

/** Adds to the line that the log will have about this request. */
export function noteAction(request: FastifyRequest, facts: ActionFacts): void {
  request.actionFacts = { ...request.actionFacts, ...facts };
}

/**
 * Writes one line for each action of an administrator: who did what to what, and how it ended; and for each request that is
 * not allowed. Questions, which change nothing, are lines for debugging. Times every request too, and makes those of the API spans of a trace.
 */
export function watchRequests(app: Listener, { log, metrics, tracing }: Context): void {
  app.decorateRequest('actionFacts', null);
  app.addHook('onResponse', (request, reply, done) => {
    const { method } = request;
    const { statusCode: status } = reply;
    metrics.apiAnswered(method, status, reply.elapsedTime / 1_000);
    const line = {
      requestId: request.id,
      // A 401 has no verified caller, so no actor is logged.
      actor: status === 401 ? undefined : actorOf(request),
      from: request.ip,
      action: operationOf(request) ?? method,
      ...subjectOf(request),
      ...request.actionFacts,
      status,
      ms: Math.round(reply.elapsedTime),
    };
    if (status === 401 || status === 403) log.info(line, 'not allowed');
    else if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') log.debug(line, 'asked');
    else log.info(line, status < 400 ? 'done' : 'refused');
    done();
  });
  if (tracing.isOn) traceRequests(app, tracing);
}

function operationOf({ routeOptions }: FastifyRequest): string | undefined {
  return routeOptions.schema?.operationId;
}

const named = z.object({ name: resourceNameSchema });
const namedDocument = z.object({ metadata: named });

/** Names the resource of the path, or of the document that is created: a device by that word, anything else by its kind. */
function subjectOf({ routeOptions, params, body }: FastifyRequest): Record<string, string> {
  const kind = /^\/api\/v1\/([a-z]+?)s?(?:\/:name|$)/.exec(routeOptions.url ?? '')?.[1];
  if (kind === undefined) return {};
  const inPath = named.safeParse(params);
  if (inPath.success) return { [kind]: inPath.data.name };
  const created = namedDocument.safeParse(body);
  return created.success ? { [kind]: created.data.metadata.name } : {};
}

function traceRequests(app: Listener, tracing: Context['tracing']): void {
  app.decorateRequest('span', null);
  app.addHook('onRequest', (request, _reply, done) => {
    const path = request.url.split('?', 1)[0] ?? '';
    // Probes and scrapes would fill any trace store with nothing.
    if (path.startsWith('/api/')) request.span = tracing.request(request.method, path, request.headers);
    done();
  });
  // Reading a body leaves the span behind, so it is entered after that.
  app.addHook('preHandler', (request, _reply, done) => {
    if (request.span === null) done();
    else request.span.run(done);
  });
  app.addHook('onResponse', (request, reply, done) => {
    request.span?.end({ route: request.routeOptions.url, status: reply.statusCode });
    done();
  });
}
