import swagger from '@fastify/swagger';
import { createListener, type Listener } from '../http/listener.ts';
import { openapiOptions } from '../http/openapi.ts';
import type { Gateway } from './gateway.ts';
import { connectRoute } from './routes/connect.ts';
import { enrollmentRoutes } from './routes/enrollment.ts';
import { renderedRoute } from './routes/rendered.ts';
import { statusRoutes } from './routes/status.ts';

const about = {
  title: 'Muster: the device side',
  description:
    'What devices call: Flight Control’s agent paths, and a WebSocket (described in asyncapi.yaml). Every answer says how the device stands, in the headers Muster-Verdict, Muster-Gate and Muster-Restore.',
  tags: [{ name: 'agent', description: 'Reports of devices, and specs for them.' }],
};

/** The listener that devices talk to. */
export async function buildAgentApp(gateway: Gateway): Promise<Listener> {
  const app = createListener(gateway.context.log);
  await app.register(swagger, openapiOptions(about));
  await connectRoute(app, gateway);
  await app.register(renderedRoute(gateway), { prefix: '/api/v1' });
  await app.register(statusRoutes(gateway), { prefix: '/api/v1' });
  await app.register(enrollmentRoutes(gateway), { prefix: '/api/v1' });
  return app;
}
