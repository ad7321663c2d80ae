import { assertOurOrganization } from '../domain/organization.ts';
import type { Listener } from '../listener/listener.ts';

/**
 * Refuses what is asked of another organization: there is one here, and what belongs to it must not be taken for
 * another's. Questions that concern no organization (how to log in, who asks, which organizations there are) are answered
 * in any case.
 */
export function refuseOtherOrganizations(app: Listener): void {
  app.addHook('onRequest', async (request) => {
    const { access } = request.routeOptions.config;
    if (request.is404 || access === 'open' || access === 'known') return;
    const { org_id: asked = '' } = request.query as { readonly org_id?: string | readonly string[] };
    assertOurOrganization(String(asked));
  });
}
