import { z } from 'zod';
import type { Context } from '../../context.ts';
import { statusSchema } from '../../domain/resources/status.ts';
import { lookAtHealth, type Health } from '../../usecases/look-at-health.ts';
import type { Listener } from '../../listener/listener.ts';
import { statusBody } from '../../listener/problems.ts';

const retryAfterSeconds = 5;

const partsSchema = z.object({
  database: z.enum(['ok', 'down']).describe('`ok` if the database answers.'),
  queue: z.enum(['ok', 'down']).describe('`ok` if the render queue answers.'),
  worker: z.enum(['ok', 'lost', 'none']).describe('`ok` if the render worker takes jobs; `none` where there is none.'),
});
type Parts = z.infer<typeof partsSchema>;

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
        response: { 200: z.string() },
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
        summary: 'State of what the service needs to serve: database, queue and, where it has one, its worker.',
        response: {
          200: partsSchema,
          503: statusSchema.extend({ parts: partsSchema }).describe('Not ready: `parts` says what is missing.'),
        },
      },
      async handler(_request, reply) {
        const parts = partsOf(await lookAtHealth({ database, queue }));
        const missing = missingIn(parts);
        if (missing.length === 0) return parts;
        const status = statusBody(503, 'ServiceUnavailable', `not ready: ${missing.join('; ')}`);
        return await reply
          .code(503)
          .header('Retry-After', String(retryAfterSeconds))
          .send({ ...status, parts });
      },
    });
  };
}

function partsOf({ databaseSeconds, queue }: Health): Parts {
  return {
    database: databaseSeconds === undefined ? 'down' : 'ok',
    queue: queue.jobs === undefined ? 'down' : 'ok',
    worker: queue.worker === 'running' ? 'ok' : queue.worker,
  };
}

function missingIn({ database, queue, worker }: Parts): string[] {
  return [
    ...(database === 'ok' ? [] : ['the database cannot be reached']),
    ...(queue === 'ok' ? [] : ['the queue does not answer']),
    ...(worker === 'lost' ? ['the worker has lost its queue'] : []),
  ];
}
