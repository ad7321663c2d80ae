import { z } from 'zod';
import type { Context } from '../../context.ts';
import { ReadOnlyDatabase } from '../../db/failures.ts';
import { statusSchema } from '../../domain/resources/status.ts';
import { lookAtHealth, type Health } from '../../usecases/look-at-health.ts';
import { answerWith } from '../../listener/answer-headers.ts';
import { apiErrors, openErrors } from '../../listener/error-responses.ts';
import type { Listener } from '../../listener/listener.ts';
import { statusBody } from '../../listener/problems.ts';

const retryAfterSeconds = 5;

const partsSchema = z.object({
  database: z
    .enum(['ok', 'down', 'read-only'])
    .describe('`ok` if the database answers and takes writes; `read-only` if it is a standby, or was made read-only.'),
  queue: z.enum(['ok', 'down']).describe('`ok` if the render queue answers.'),
  worker: z.enum(['ok', 'lost', 'none']).describe('`ok` if the render worker takes jobs; `none` where there is none.'),
});
type Parts = z.infer<typeof partsSchema>;

const readySchema = partsSchema.extend({
  state: z.enum(['ready', 'degraded']).describe('`degraded` if something is away that no answer needs.'),
  message: z.string().optional().describe('What is away, and what goes on without it; absent where nothing is.'),
});

const querySchema = z.object({
  needs: z
    .literal('queue')
    .optional()
    .describe(
      'With `queue` the process is not ready either while the queue or its worker is away: for one that is there to render.',
    ),
});

/** Health of this process: is it alive, and can it serve? */
export function healthRoutes({ database, queue }: Pick<Context, 'database' | 'queue'>) {
  return async (app: Listener) => {
    app.route({
      method: 'GET',
      url: '/healthz',
      config: { access: 'open' },
      schema: {
        operationId: 'healthz',
        tags: ['health'],
        summary: 'Answer that the process is alive.',
        response: {
          200: { description: 'It is.', content: { 'text/plain': { schema: z.string() } } },
          ...openErrors,
        },
      },
      handler: async () => 'ok',
    });

    app.route({
      method: 'GET',
      url: '/readyz',
      config: { access: 'open' },
      schema: {
        operationId: 'readyz',
        tags: ['health'],
        summary:
          'State of what the service needs to serve, the database, and of what it goes on without: queue and worker.',
        querystring: querySchema,
        response: {
          200: readySchema.describe('Ready; `state` says if something is away that no answer needs.'),
          ...openErrors,
          400: apiErrors[400],
          503: answerWith(
            statusSchema.extend({ parts: partsSchema.optional() }),
            'Not ready: `parts` says what is missing. Without it the request itself was turned away.',
            ['Retry-After'],
          ),
        },
      },
      async handler({ query }, reply) {
        const parts = partsOf(await lookAtHealth({ database, queue }));
        const [unmet, away] = [unmetIn(parts), awayIn(parts)];
        const missing = query.needs === 'queue' ? [...unmet, ...away] : unmet;
        if (missing.length === 0)
          return away.length === 0 ? { state: 'ready' as const, ...parts } : degraded(parts, away);
        const status = statusBody(503, 'ServiceUnavailable', `not ready: ${missing.join('; ')}`);
        return await reply
          .code(503)
          .header('Retry-After', String(retryAfterSeconds))
          .send({ ...status, parts });
      },
    });
  };
}

function partsOf({ database, queue }: Health): Parts {
  return {
    database,
    queue: queue.jobs === undefined ? 'down' : 'ok',
    worker: queue.worker === 'running' ? 'ok' : queue.worker,
  };
}

function degraded(parts: Parts, away: readonly string[]) {
  const message = `degraded: ${away.join('; ')}; everything is answered, and what no hint told of is found by a look at intervals`;
  return { state: 'degraded' as const, message, ...parts };
}

/** Problems without whose end nothing can be answered. */
function unmetIn({ database }: Parts): string[] {
  switch (database) {
    case 'ok':
      return [];
    case 'down':
      return ['the database cannot be reached'];
    case 'read-only':
      return [new ReadOnlyDatabase().message];
    default:
      return database satisfies never;
  }
}

/** Problems that slow rendering and telling devices down, and keep no answer. */
function awayIn({ queue, worker }: Parts): string[] {
  return [
    ...(queue === 'ok' ? [] : ['the queue does not answer']),
    ...(worker === 'lost' ? ['the worker has lost its queue'] : []),
  ];
}
