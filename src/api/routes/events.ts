import { z } from 'zod';
import type { Context } from '../../context.ts';
import { eventListSchema } from '../../domain/resources/event.ts';
import { listEvents } from '../../usecases/list-events.ts';
import { apiErrors } from '../../listener/error-responses.ts';
import type { Listener } from '../../listener/listener.ts';
import { pageOf, pageQuery, pageTokens } from '../paging.ts';
import { selectorQuery } from '../query.ts';

/** The audit trail. */
export function eventRoutes(context: Context) {
  return async (app: Listener) => {
    app.route({
      method: 'GET',
      url: '/events',
      config: { access: 'events.read' },
      schema: {
        operationId: 'listEvents',
        tags: ['event'],
        summary: 'List events, newest first.',
        querystring: pageQuery.extend(selectorQuery.pick({ fieldSelector: true }).shape).extend({
          order: z.enum(['asc', 'desc']).default('desc').describe('Oldest (asc) or newest (desc) first.'),
        }),
        response: { 200: eventListSchema, ...apiErrors },
      },
      async handler({ query }) {
        const tokens = pageTokens(
          JSON.stringify(['events', query.fieldSelector ?? '', query.order]),
          z.int().nonnegative(),
        );
        const list = { apiVersion: 'flightctl.io/v1beta1', kind: 'EventList' } as const;
        return await pageOf(list, { query, tokens }, (page) => listEvents(context, query, page));
      },
    });
  };
}
