import type { Context } from '../../src/context.ts';
import { createListener, type Listener } from '../../src/listener/listener.ts';
import { authConfigRoutes } from '../../src/api/routes/auth-config.ts';
import { deviceActionRoutes } from '../../src/api/routes/device-actions.ts';
import { deviceStatusRoutes } from '../../src/api/routes/device-status.ts';
import { deviceRoutes } from '../../src/api/routes/devices.ts';
import { enrollmentRequestRoutes } from '../../src/api/routes/enrollment-requests.ts';
import { eventRoutes } from '../../src/api/routes/events.ts';
import { fleetRoutes } from '../../src/api/routes/fleets.ts';
import { labelRoutes } from '../../src/api/routes/labels.ts';
import { lostDocumentRoutes } from '../../src/api/routes/lost-documents.ts';
import { organizationRoutes } from '../../src/api/routes/organizations.ts';
import { restoreRoutes } from '../../src/api/routes/restores.ts';
import { unknownDeviceRoutes } from '../../src/api/routes/unknown-devices.ts';
import { versionRoutes } from '../../src/api/routes/version.ts';

export type Answer = { readonly code: number; readonly body: unknown; readonly headers: Record<string, unknown> };

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export type ApiClient = {
  get(path: string): Promise<Answer>;
  /** Without a body if that is undefined. */
  post(path: string, body?: unknown): Promise<Answer>;
  put(path: string, body: unknown): Promise<Answer>;
  patch(path: string, operations: unknown): Promise<Answer>;
  delete(path: string): Promise<Answer>;
  /** Sends a body as it is. */
  raw(method: Method, path: string, body: string, contentType: string): Promise<Answer>;
  close(): Promise<void>;
};

/** Speaks to the admin API without a network in between. Paths are below `/api/v1`. */
export async function createApiClient(context: Context): Promise<ApiClient> {
  const app = createListener(context.log);
  const resources = [deviceRoutes, deviceStatusRoutes, deviceActionRoutes, fleetRoutes, labelRoutes, eventRoutes];
  const enrolling = [enrollmentRequestRoutes, unknownDeviceRoutes, lostDocumentRoutes];
  for (const routes of [
    ...resources,
    ...enrolling,
    restoreRoutes,
    versionRoutes,
    authConfigRoutes,
    organizationRoutes,
  ]) {
    await app.register(routes(context), { prefix: '/api/v1' });
  }
  return clientOf(app);
}

/** Speaks to a listener without a network in between. Paths are below `/api/v1`. */
export function clientOf(app: Listener): ApiClient {
  const raw = async (method: Method, path: string, body?: string, contentType?: string): Promise<Answer> => {
    const response = await app.inject({
      method,
      url: `/api/v1${path}`,
      ...(body !== undefined && { payload: body }),
      ...(contentType !== undefined && { headers: { 'content-type': contentType } }),
    });
    const text = response.body;
    return { code: response.statusCode, body: text === '' ? undefined : JSON.parse(text), headers: response.headers };
  };
  const json = 'application/json';
  return {
    get: (path) => raw('GET', path),
    post: (path, body) => (body === undefined ? raw('POST', path) : raw('POST', path, JSON.stringify(body), json)),
    put: (path, body) => raw('PUT', path, JSON.stringify(body), json),
    patch: (path, operations) => raw('PATCH', path, JSON.stringify(operations), 'application/json-patch+json'),
    delete: (path) => raw('DELETE', path),
    raw,
    close: () => app.close(),
  };
}
