import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { Context } from '../context.ts';
import { createListener, type Listener } from './listener.ts';
import { openapiOptions } from './openapi.ts';
import { deviceActionRoutes } from './routes/device-actions.ts';
import { healthRoutes } from './routes/health.ts';
import { restoreRoutes } from './routes/restores.ts';

const basePath = '/api/v1';

/** The admin listener. */
export async function buildApiApp(context: Context): Promise<Listener> {
  const app = createListener(context.log);
  await app.register(swagger, openapiOptions);
  await app.register(swaggerUi, { routePrefix: '/docs', uiConfig: { docExpansion: 'list' } });
  await app.register(healthRoutes(context));
  for (const routes of [restoreRoutes, deviceActionRoutes]) {
    await app.register(routes(context), { prefix: basePath });
  }
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
  return app;
}
