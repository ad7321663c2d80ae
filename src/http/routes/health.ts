import { z } from 'zod';
import type { Context } from '../../context.ts';
import { unavailable } from '../../domain/errors.ts';
import { statusSchema } from '../../domain/resources/status.ts';
import type { Listener } from '../listener.ts';

const retryAfterSeconds = 5;

/** Whether this process is alive, and whether it can serve. */
export function healthRoutes({ database, queue }: Context) {
  return async (app: Listener) => {
    app.route({
      method: 'GET',
      url: '/healthz',
      schema: {
        operationId: 'healthz',
        tags: ['health'],
        summary: 'Whether the process is alive.',
        response: { 200: z.string() },
      },
      handler: async () => 'ok',
    });

    app.route({
      method: 'GET',
      url: '/readyz',
      schema: {
        operationId: 'readyz',
        tags: ['health'],
        summary: 'Whether the service can serve: database and queue.',
        response: { 200: z.object({ database: z.literal('ok'), queue: z.literal('ok') }), 503: statusSchema },
      },
      async handler() {
        const [databaseUp, queueUp] = await Promise.all([
          database.ping().then(
            () => true,
            () => false,
          ),
          queue.isHealthy(),
        ]);
        const down = [
          ...(databaseUp ? [] : ['the database cannot be reached']),
          ...(queueUp ? [] : ['the queue does not answer']),
        ];
        if (down.length > 0) throw unavailable(`not ready: ${down.join('; ')}`, retryAfterSeconds);
        return { database: 'ok', queue: 'ok' } as const;
      },
    });
  };
}
