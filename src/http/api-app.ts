import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { Context } from '../context.ts';
import { createListener, type Listener } from './listener.ts';
import { openapiOptions } from './openapi.ts';
import { authConfigRoutes } from './routes/auth-config.ts';
import { deviceActionRoutes } from './routes/device-actions.ts';
import { deviceStatusRoutes } from './routes/device-status.ts';
import { deviceRoutes } from './routes/devices.ts';
import { enrollmentRequestRoutes } from './routes/enrollment-requests.ts';
import { eventRoutes } from './routes/events.ts';
import { fleetRoutes } from './routes/fleets.ts';
import { healthRoutes } from './routes/health.ts';
import { labelRoutes } from './routes/labels.ts';
import { organizationRoutes } from './routes/organizations.ts';
import { restoreRoutes } from './routes/restores.ts';
import { unknownDeviceRoutes } from './routes/unknown-devices.ts';
import { versionRoutes } from './routes/version.ts';

const basePath = '/api/v1';

const about = {
  title: 'Muster',
  description:
    'Safe recovery of a device fleet after its control plane’s database was restored from a backup. Devices, fleets, enrollment requests, events and labels are those of Flight Control v1beta1; restores are Muster’s own.',
  tags: [
    { name: 'restore', description: 'Declaring a restore and following its muster.' },
    { name: 'deviceactions', description: 'Deciding about devices in conflict.' },
    { name: 'device', description: 'Devices: what each should be, and what is known of it.' },
    { name: 'fleet', description: 'Fleets: which devices share a template.' },
    { name: 'enrollmentrequest', description: 'Devices that ask to be taken in.' },
    { name: 'label', description: 'Labels in use.' },
    { name: 'event', description: 'What happened, who did it and why.' },
    { name: 'organization', description: 'Organizations; there is one.' },
    { name: 'authentication', description: 'How to log in.' },
    { name: 'version', description: 'The version of the service.' },
    { name: 'health', description: 'Whether the service lives and can serve.' },
  ],
};

const apiRoutes = [
  restoreRoutes,
  unknownDeviceRoutes,
  deviceActionRoutes,
  deviceRoutes,
  deviceStatusRoutes,
  fleetRoutes,
  enrollmentRequestRoutes,
  labelRoutes,
  eventRoutes,
  organizationRoutes,
  authConfigRoutes,
  versionRoutes,
];

/** The admin listener. */
export async function buildApiApp(context: Context): Promise<Listener> {
  const app = createListener(context.log);
  await app.register(swagger, openapiOptions(about));
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: { docExpansion: 'list' },
    theme: { title: 'Muster API', css: [{ filename: 'muster.css', content: '.swagger-ui .topbar { display: none }' }] },
  });
  await app.register(healthRoutes(context));
  for (const routes of apiRoutes) await app.register(routes(context), { prefix: basePath });
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
  return app;
}
