import swagger from '@fastify/swagger';
import type { FastifyRequest } from 'fastify';
import { DeviceAuthenticator } from '../auth/device-authenticator.ts';
import { ListenerTls } from '../listener/listener-tls.ts';
import { connectionLimits } from '../listener/connection-limits.ts';
import { createListener, type Listener } from '../listener/listener.ts';
import { openapiOptions } from '../listener/openapi.ts';
import { addressOf, limitRequests } from '../listener/rate-limit.ts';
import { RefusalLimit } from '../listener/refusal-limit.ts';
import { boundBodies } from '../listener/request-bodies.ts';
import { refuseOtherSites } from '../listener/same-site.ts';
import { isAgentAuthenticated } from '../config/listen-rules.ts';
import { deviceOf, guardDevices } from './device-access.ts';
import type { Gateway } from './gateway.ts';
import { certificateSigningRequestRoutes } from './routes/certificate-signing-requests.ts';
import { connectRoute } from './routes/connect.ts';
import { enrollmentRoutes } from './routes/enrollment.ts';
import { renderedRoute } from './routes/rendered.ts';
import { statusRoutes } from './routes/status.ts';

const about = {
  title: 'Muster: the device side',
  description:
    'What devices call: Flight Control’s agent paths, and a WebSocket (described in asyncapi.yaml). Every answer says how the device stands, in the headers Muster-Verdict, Muster-Gate and Muster-Restore. A document is answered only where there is a spec to apply: never while the gate is not open, and never an empty one. Devices say who they are by mutual TLS or by a device token, and speak only for themselves.',
  tags: [{ name: 'agent', description: 'Reports of devices, and specs for them.' }],
  securitySchemes: {
    token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'A signed device token.' },
  },
  // Mutual TLS: only the connection shows the certificate, the request does not.
  security: [{}, { token: [] }],
} satisfies Parameters<typeof openapiOptions>[0];

/** The listener that devices talk to. @throws Error naming the setting whose certificates or keys cannot be used */
export async function buildAgentApp(gateway: Gateway): Promise<Listener> {
  const { config, clock, log, credentialFiles } = gateway.context;
  const authenticator = await DeviceAuthenticator.open(config, clock, credentialFiles);
  const app = createListener(log, await agentTls(gateway), {
    ...config,
    quietTimeoutMs: config.pollTimeoutMs + answerTimeMs,
    connections: connectionLimits(config),
    room: () => gateway.reports.room,
  });
  // Its plugin ends the connection of an upgrade that is refused, but only if it has seen it before whatever refuses.
  await connectRoute(app, gateway, authenticator);
  countSheds(app, gateway);
  if (!isAgentAuthenticated(config)) refuseOtherSites(app, config.agentListen.host);
  const refusals = new RefusalLimit(config.refusedRate, config.trustedProxies);
  guardDevices(app, authenticator, { log, refusals });
  const callerOf = (request: FastifyRequest) => deviceOf(request) ?? namedIn(request);
  limitRequests(app, gateway.deviceRate, callerOf);
  boundBodies(app, gateway.bytes, callerOf);
  await app.register(swagger, openapiOptions(about));
  await app.register(renderedRoute(gateway), { prefix: '/api/v1' });
  await app.register(statusRoutes(gateway), { prefix: '/api/v1' });
  await app.register(enrollmentRoutes(gateway), { prefix: '/api/v1' });
  await app.register(certificateSigningRequestRoutes(gateway), { prefix: '/api/v1' });
  return app;
}

/** Longest time in which a device takes nothing of an answer, beside the wait for it. */
const answerTimeMs = 60_000;

/** The device that a path names, or an address. Asked of each request, so no schema. */
function namedIn(request: FastifyRequest): string {
  const { params } = request;
  const isNamed = typeof params === 'object' && params !== null && 'name' in params;
  return isNamed && typeof params.name === 'string' ? params.name : addressOf(request);
}

async function agentTls({ context: { config, credentialFiles } }: Gateway): Promise<ListenerTls | undefined> {
  const { agentTlsCert, agentTlsKey, agentClientCa } = config;
  if (agentTlsCert === undefined || agentTlsKey === undefined) return undefined;
  const files = {
    cert: { setting: 'MUSTER_AGENT_TLS_CERT', path: agentTlsCert },
    key: { setting: 'MUSTER_AGENT_TLS_KEY', path: agentTlsKey },
    clientCa: agentClientCa === undefined ? undefined : { setting: 'MUSTER_AGENT_CLIENT_CA', path: agentClientCa },
  };
  return await ListenerTls.open(files, credentialFiles);
}

function countSheds(app: Listener, { context: { observer } }: Gateway): void {
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (reply.statusCode === 503) observer.shed('503');
    done(null, payload);
  });
}
