import { createListener, type Listener } from '../http/listener.ts';
import type { Gateway } from './gateway.ts';
import { connectRoute } from './routes/connect.ts';
import { renderedRoute } from './routes/rendered.ts';
import { statusRoutes } from './routes/status.ts';

/** The listener that devices talk to. */
export async function buildAgentApp(gateway: Gateway): Promise<Listener> {
  const app = createListener(gateway.context.log);
  await connectRoute(app, gateway);
  await app.register(renderedRoute(gateway), { prefix: '/api/v1' });
  await app.register(statusRoutes(gateway), { prefix: '/api/v1' });
  return app;
}
