import { z } from 'zod';
import type { Context } from '../../context.ts';
import { listLabels } from '../../usecases/list-labels.ts';
import { apiErrors } from '../../listener/error-responses.ts';
import type { Listener } from '../../listener/listener.ts';
import { pageQuery, pageSize } from '../paging.ts';
import { selectorQuery } from '../query.ts';

/** The labels that are in use. */
export function labelRoutes(context: Context) {
  return async (app: Listener) => {
    app.route({
      method: 'GET',
      url: '/labels',
      config: { access: 'devices.read' },
      schema: {
        operationId: 'listLabels',
        tags: ['label'],
        summary: 'List the distinct labels of devices as key=value.',
        querystring: pageQuery
          .pick({ limit: true })
          .extend(selectorQuery.shape)
          .extend({ kind: z.enum(['Device']).describe('Kind of the resources that have the labels.') }),
        response: {
          200: z.array(z.string()).meta({ id: 'LabelList', description: 'Distinct labels as key=value, sorted.' }),
          ...apiErrors,
        },
      },
      handler: ({ query }) => listLabels(context, query, { limit: pageSize(query.limit) }),
    });
  };
}
