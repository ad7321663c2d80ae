import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors, isResponseSerializationError } from 'fastify-type-provider-zod';
import { MusterError, unavailable } from '../domain/errors.ts';
import type { Log } from '../logging/log.ts';
import { collectMethods } from './offered-methods.ts';
import { requestIdHeader } from './request-id.ts';
import { insteadOf } from './unserved-paths.ts';
import { isBusy, whyAway } from '../db/failures.ts';

/** Kubernetes' Status object, the body of every answer that is no resource. */
type StatusBody = {
  readonly apiVersion: 'v1beta1';
  readonly kind: 'Status';
  readonly status: 'Success' | 'Failure';
  readonly code: number;
  readonly reason: string;
  readonly message: string;
};

export function statusBody(code: number, reason: string, message: string): StatusBody {
  return { apiVersion: 'v1beta1', kind: 'Status', status: code < 400 ? 'Success' : 'Failure', code, reason, message };
}

/**
 * Answer to a client for an error. An unexpected error tells it nothing.
 *
 * @param bodyLimit how large the body of the request might have been, in bytes
 */
export function problemOf(
  error: unknown,
  bodyLimit?: number,
): {
  body: StatusBody;
  retryAfterSeconds: number | undefined;
  challenge: string | undefined;
  foreseen: boolean;
} {
  const known = toMusterError(error, bodyLimit);
  if (known === undefined) {
    return {
      body: statusBody(500, 'InternalError', 'an internal error occurred'),
      retryAfterSeconds: undefined,
      challenge: undefined,
      foreseen: false,
    };
  }
  return {
    body: statusBody(known.status, known.reason, known.message),
    retryAfterSeconds: known.retryAfterSeconds,
    challenge: known.challenge,
    foreseen: true,
  };
}

function toMusterError(error: unknown, bodyLimit: number | undefined): MusterError | undefined {
  if (error instanceof MusterError) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const parts = error.validation.slice(0, 5).map((issue) => {
      const path = issue.instancePath.split('/').filter(Boolean).join('.');
      return path === '' ? (issue.message ?? 'invalid') : `${path}: ${issue.message ?? 'invalid'}`;
    });
    return new MusterError('badRequest', `${where[error.validationContext ?? ''] ?? 'request'}: ${parts.join('; ')}`);
  }
  if (isFastifyError(error)) {
    if (error.statusCode === 413) {
      const most = bodyLimit === undefined ? 'a smaller one' : `at most ${bodyLimit} bytes`;
      return new MusterError('tooLarge', `the request body is too large: expected ${most}`);
    }
    if (error.statusCode === 415) return new MusterError('unsupportedMediaType', error.message);
    if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
      return new MusterError('badRequest', error.message);
    }
  }
  const away = whyAway(error);
  if (away !== undefined) return unavailable(away, 5);
  if (isBusy(error)) return unavailable('the database has no time for this now', 30);
  return undefined;
}

const where: Record<string, string> = {
  body: 'request body',
  querystring: 'query',
  params: 'path',
  headers: 'headers',
};

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number';
}

/** Makes every error of a listener a Status object: the one place where errors become answers. */
export function renderProblems(app: FastifyInstance, log: Log): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error, request.routeOptions.bodyLimit);
    if (!problem.foreseen || isResponseSerializationError(error)) {
      log.error(
        { err: error, requestId: request.id, method: request.method, route: request.routeOptions.url },
        'request failed',
      );
    }
    return sendProblem(reply, problem);
  });
  const offered = collectMethods(app);
  app.setNotFoundHandler(({ method, url }, reply) => {
    const [path = ''] = url.split('?', 1);
    const methods = offered(path);
    if (methods.length > 0) {
      const message = `there is no ${method} at ${path}: expected ${methods.join(' or ')}`;
      void reply.header('Allow', methods.join(', '));
      return sendProblem(reply, problemOf(new MusterError('methodNotAllowed', message)));
    }
    const instead = insteadOf(path);
    const message = `there is nothing at ${method} ${path}${instead === undefined ? '' : `: ${instead}`}`;
    return sendProblem(reply, problemOf(new MusterError('notFound', message)));
  });
}

/**
 * Answers a request whose path cannot be read, which reaches no hook and no route. Its connection is closed: an upgrade would
 * leave it open.
 */
export function refuseUnreadablePath(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const isTooLong = error.code === 'FST_ERR_MAX_PARAM_LENGTH';
  const message = isTooLong ? 'a part of the path is longer than any name' : 'the path is not percent-encoded UTF-8';
  void reply.header(requestIdHeader, request.id).header('cache-control', 'no-store').header('connection', 'close');
  reply.raw.once('finish', () => request.raw.socket.destroySoon());
  void sendProblem(reply, problemOf(new MusterError('badRequest', message)));
}

function sendProblem(
  reply: FastifyReply,
  { body, retryAfterSeconds, challenge }: ReturnType<typeof problemOf>,
): FastifyReply {
  if (retryAfterSeconds !== undefined) void reply.header('Retry-After', String(retryAfterSeconds));
  if (challenge !== undefined) void reply.header('WWW-Authenticate', challenge);
  return reply.code(body.code).send(body);
}
