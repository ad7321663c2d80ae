import { z } from 'zod';
import { version } from '../../version.ts';
import { apiErrors } from '../../listener/error-responses.ts';
import type { Listener } from '../../listener/listener.ts';

const versionSchema = z
  .object({ version: z.string().meta({ description: 'The version of the service.' }) })
  .meta({ id: 'Version', description: 'Version of the service.' });

/** Version of the service. */
export function versionRoutes() {
  return async (app: Listener) => {
    app.route({
      method: 'GET',
      url: '/version',
      config: { access: 'open' },
      schema: {
        operationId: 'getVersion',
        tags: ['version'],
        summary: 'Get the version of the service.',
        response: { 200: versionSchema, ...apiErrors },
      },
      handler: async () => ({ version }),
    });
  };
}
