import { identifyAdmin, type AdminAuthenticator } from '../auth/admin-authenticator.ts';
import type { RouteAccess } from '../domain/access/permissions.ts';
import { assertPermitted } from '../domain/access/principal.ts';
import { forbidden, MusterError } from '../domain/errors.ts';
import type { Log } from '../logging/log.ts';
import type { Listener } from '../listener/listener.ts';
import type { RefusalLimit } from '../listener/refusal-limit.ts';
import { refusalLine } from '../listener/request-line.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Permission that the route asks for. No route of the admin listener is without. */
    access?: RouteAccess;
  }
}

/** Registers what is open to all, but whose routes cannot say so themselves. Comes before {@link guardRoutes}. */
export async function registerOpen(app: Listener, register: (scope: Listener) => Promise<void>): Promise<void> {
  await app.register(async (scope: Listener) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: 'open' };
    });
    await register(scope);
  });
}

/**
 * Lets to each route that is added from now on only those who have what it asks for. A route that asks for nothing by
 * name is a mistake, and keeps the listener from starting.
 */
export function guardRoutes(
  app: Listener,
  authenticator: AdminAuthenticator | undefined,
  { log, refusals }: { log: Log; refusals: RefusalLimit },
): void {
  app.addHook('onRoute', ({ method, url, config }) => {
    if (config?.access === undefined) {
      throw new Error(`${String(method)} ${url} does not name the permission that it needs: expected config.access`);
    }
  });
  app.addHook('onRequest', async (request) => {
    const { access } = request.routeOptions.config;
    if (request.is404 || access === 'open') return;
    refusals.assertMayTry(request);
    try {
      if (access === undefined) throw forbidden('nobody may do this');
      const principal = await identifyAdmin(authenticator, request.headers.authorization);
      request.principal = principal;
      if (access !== 'known') assertPermitted(principal, access);
      refusals.accept(request);
    } catch (error) {
      if (error instanceof MusterError) {
        // That it cannot be told now who somebody is refuses nobody.
        if (error.status !== 503) refusals.refused(request);
        log.info(refusalLine(request, error), `refused: ${error.message}`);
      }
      throw error;
    }
  });
}
