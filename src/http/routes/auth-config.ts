import type { Config } from '../../config.ts';
import type { Context } from '../../context.ts';
import { permissionsOf } from '../../domain/access/principal.ts';
import { MusterError } from '../../domain/errors.ts';
import { authConfigSchema, identitySchema, type AuthConfig } from '../../domain/resources/auth-config.ts';
import { statusSchema } from '../../domain/resources/status.ts';
import { isApiAuthenticated } from '../../listen-rules.ts';
import { principalOf } from '../actor.ts';
import { apiErrors } from '../error-responses.ts';
import type { Listener } from '../listener.ts';

const tags = ['authentication'];
const provider = 'oidc';

/** How clients can say who they are, and who they are taken for. */
export function authConfigRoutes({ config }: Pick<Context, 'config'>) {
  return async (app: Listener) => {
    app.route({
      method: 'GET',
      url: '/auth/config',
      config: { access: 'open' },
      schema: {
        operationId: 'authConfig',
        tags,
        summary: 'Get the configuration of authentication.',
        response: {
          200: authConfigSchema,
          418: statusSchema.describe('Authentication is not configured.'),
          429: apiErrors[429],
        },
      },
      async handler() {
        if (isApiAuthenticated(config)) return authConfigOf(config);
        throw new MusterError('notConfigured', 'authentication is not configured');
      },
    });

    app.route({
      method: 'GET',
      url: '/auth/whoami',
      config: { access: 'known' },
      schema: {
        operationId: 'whoAmI',
        tags,
        summary: 'Who asks, with which roles and permissions.',
        response: { 200: identitySchema, ...apiErrors },
      },
      async handler(request) {
        const { name, roles } = principalOf(request);
        return { name, roles: [...roles], permissions: permissionsOf({ name, roles }) };
      },
    });
  };
}

/** People log in by the issuer's public client; where there is none, they get their tokens elsewhere. */
function authConfigOf(config: Config): AuthConfig {
  const { oidcIssuer: issuer, oidcClientId: clientId } = config;
  const common = { apiVersion: 'v1beta1', organizationsEnabled: false } as const;
  if (issuer === undefined || clientId === undefined) return { ...common, providers: [] };
  return {
    ...common,
    defaultProvider: provider,
    providers: [
      {
        apiVersion: 'v1beta1',
        kind: 'AuthProvider',
        metadata: { name: provider },
        spec: {
          providerType: 'oidc',
          displayName: new URL(issuer).host,
          issuer,
          clientId,
          clientSecret: '',
          enabled: true,
          scopes: [...config.oidcScopes],
          audience: config.oidcAudience ?? clientId,
          usernameClaim: config.oidcUsernameClaim.split('.'),
          organizationAssignment: { type: 'static', organizationName: 'default' },
          roleAssignment: { type: 'dynamic', claimPath: config.oidcRolesClaim.split('.') },
        },
      },
    ],
  };
}
