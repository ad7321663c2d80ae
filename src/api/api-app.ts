import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { AdminAuthenticator } from '../auth/admin-authenticator.ts';
import { TokenExchange } from '../auth/token-exchange.ts';
import type { FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { anonymous } from '../domain/access/principal.ts';
import { isApiAuthenticated } from '../config/listen-rules.ts';
import { guardRoutes, registerOpen } from './access.ts';
import { watchRequests } from './action-log.ts';
import { principalOf, tellPrincipals } from './actor.ts';
import { ByteBudget, byteLimits } from '../listener/byte-budget.ts';
import { RefusalLimit } from '../listener/refusal-limit.ts';
import { boundBodies } from '../listener/request-bodies.ts';
import { connectionLimits } from '../listener/connection-limits.ts';
import { ListenerTls } from '../listener/listener-tls.ts';
import { createListener, type Listener } from '../listener/listener.ts';
import { openapiOptions } from '../listener/openapi.ts';
import { refuseOtherOrganizations } from './organization.ts';
import { addressOf, createRateLimit, limitRequests } from '../listener/rate-limit.ts';
import { protectBrowsers } from './response-headers.ts';
import { authConfigRoutes } from './routes/auth-config.ts';
import { authTokenRoutes } from './routes/auth-token.ts';
import { certificateSigningRequestRoutes } from './routes/certificate-signing-requests.ts';
import { deviceActionRoutes } from './routes/device-actions.ts';
import { deviceStatusRoutes } from './routes/device-status.ts';
import { deviceRoutes } from './routes/devices.ts';
import { enrollmentConfigRoutes } from './routes/enrollment-config.ts';
import { enrollmentRequestRoutes } from './routes/enrollment-requests.ts';
import { eventRoutes } from './routes/events.ts';
import { fleetRoutes } from './routes/fleets.ts';
import { healthRoutes } from './routes/health.ts';
import { labelRoutes } from './routes/labels.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { organizationRoutes } from './routes/organizations.ts';
import { restoreRoutes } from './routes/restores.ts';
import { lostDocumentRoutes } from './routes/lost-documents.ts';
import { unknownDeviceRoutes } from './routes/unknown-devices.ts';
import { versionRoutes } from './routes/version.ts';
import { refuseOtherSites } from '../listener/same-site.ts';
import type { ScrapeSources } from '../metrics/service-metrics.ts';

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
    { name: 'certificatesigningrequest', description: 'Wishes for certificates from the device CA.' },
    { name: 'label', description: 'Labels in use.' },
    { name: 'event', description: 'The audit trail: events with who did it and why.' },
    { name: 'organization', description: 'Organizations; there is one.' },
    { name: 'authentication', description: 'Ways to log in.' },
    { name: 'version', description: 'The version of the service.' },
    { name: 'health', description: 'Health and metrics of the service.' },
  ],
};

const bearer = {
  type: 'http',
  scheme: 'bearer',
  description:
    'A token of the OIDC issuer, or a static one. Needed where authentication is configured; `x-permission` of an operation says what the roles that the token gives must allow (`known`: anything at all).',
} as const;

const apiRoutes = [
  restoreRoutes,
  unknownDeviceRoutes,
  lostDocumentRoutes,
  deviceActionRoutes,
  deviceRoutes,
  deviceStatusRoutes,
  fleetRoutes,
  enrollmentRequestRoutes,
  enrollmentConfigRoutes,
  certificateSigningRequestRoutes,
  labelRoutes,
  eventRoutes,
  organizationRoutes,
  authConfigRoutes,
  versionRoutes,
];

/** Longest time in which a client takes nothing of an answer: longer than any statement of the database runs. */
const quietTimeoutMs = 5 * 60_000;

/**
 * The admin listener.
 *
 * @param sources of what `/metrics` tells beside what this process counts itself
 * @throws Error naming the setting whose tokens, certificate or key cannot be used
 */
export async function buildApiApp(context: Context, sources: ScrapeSources = {}): Promise<Listener> {
  const { config } = context;
  const tls = await apiTls(context);
  const app = createListener(context.log, tls, { ...config, quietTimeoutMs, connections: connectionLimits(config) });
  await protectBrowsers(app, { secure: tls !== undefined });
  tellPrincipals(app);
  watchRequests(app, context);
  if (!isApiAuthenticated(config)) refuseOtherSites(app, config.apiListen.host);
  await app.register(swagger, openapiOptions({ ...about, securitySchemes: { bearer } }));
  await registerOpen(app, async (pages) => {
    await pages.register(swaggerUi, {
      routePrefix: '/docs',
      uiConfig: { docExpansion: 'list' },
      theme: {
        title: 'Muster API',
        css: [{ filename: 'muster.css', content: '.swagger-ui .topbar { display: none }' }],
      },
    });
  });
  const refusals = new RefusalLimit(config.refusedRate, config.trustedProxies);
  guardRoutes(app, await AdminAuthenticator.open(context), { log: context.log, refusals });
  limitRequests(app, createRateLimit(config.adminRate, 'principal'), callerOf);
  boundBodies(app, new ByteBudget(byteLimits(config, config.maxBytesPerAddress)), callerOf);
  refuseOtherOrganizations(app);
  await app.register(healthRoutes(context));
  await app.register(metricsRoutes(context, sources));
  await app.register(authTokenRoutes(await TokenExchange.open(context)), { prefix: basePath });
  for (const routes of apiRoutes) await app.register(routes(context), { prefix: basePath });
  app.get('/openapi.json', { schema: { hide: true }, config: { access: 'open' } }, () => app.swagger());
  return app;
}

/** Names the caller of a request for the limits. One that need not authenticate, such as a probe, counts for its address. */
function callerOf(request: FastifyRequest): string {
  const principal = principalOf(request);
  return principal === anonymous ? addressOf(request) : principal.name;
}

async function apiTls({ config, credentialFiles }: Context): Promise<ListenerTls | undefined> {
  const { apiTlsCert, apiTlsKey } = config;
  if (apiTlsCert === undefined || apiTlsKey === undefined) return undefined;
  const files = {
    cert: { setting: 'MUSTER_API_TLS_CERT', path: apiTlsCert },
    key: { setting: 'MUSTER_API_TLS_KEY', path: apiTlsKey },
  };
  return await ListenerTls.open(files, credentialFiles);
}
