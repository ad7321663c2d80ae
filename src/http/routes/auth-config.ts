import { MusterError } from '../../domain/errors.ts';
import { statusSchema } from '../../domain/resources/status.ts';
import type { Listener } from '../listener.ts';

/** How clients can say who they are. */
export function authConfigRoutes() {
  return async (app: Listener) => {
    app.route({
      method: 'GET',
      url: '/auth/config',
      schema: {
        operationId: 'authConfig',
        tags: ['authentication'],
        summary: 'Get the configuration of authentication; there is none.',
        response: { 418: statusSchema.describe('Authentication is not configured.') },
      },
      async handler() {
        throw new MusterError('notConfigured', 'authentication is not configured');
      },
    });
  };
}
