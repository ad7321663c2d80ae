import { z } from 'zod';
import type { Context } from '../../context.ts';
import { apiErrors } from '../../listener/error-responses.ts';
import type { Listener } from '../../listener/listener.ts';
import type { ScrapeSources } from '../../metrics/service-metrics.ts';

/** `GET /metrics`, for Prometheus. */
export function metricsRoutes({ metrics }: Context, sources: ScrapeSources) {
  return async (app: Listener) => {
    app.route({
      method: 'GET',
      url: '/metrics',
      config: { access: 'metrics.read' },
      schema: {
        operationId: 'metrics',
        tags: ['health'],
        summary: 'The metrics of this process and of the service, in Prometheus’ text format.',
        response: {
          200: { description: 'The metrics.', content: { 'text/plain': { schema: z.string() } } },
          ...apiErrors,
        },
      },
      async handler(_request, reply) {
        void reply.type(metrics.contentType).serializer(String);
        return await reply.send(await metrics.scrape(sources));
      },
    });
  };
}
