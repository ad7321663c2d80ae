import type { Config } from '../../config/config.ts';
import type { Context } from '../../context.ts';
import { permissionsOf } from '../../domain/access/principal.ts';
import {
  authConfigSchema,
  identitySchema,
  oidcProvider,
  type AuthConfig,
  type AuthProvider,
} from '../../domain/resources/auth-config.ts';
import { statusSchema } from '../../domain/resources/status.ts';
import { isApiAuthenticated } from '../../config/listen-rules.ts';
import { principalOf } from '../actor.ts';
import { apiErrors } from '../../listener/error-responses.ts';
import type { Listener } from '../../listener/listener.ts';
import { statusBody } from '../../listener/problems.ts';

const tags = ['authentication'];

/** Ways to authenticate, and the caller's own identity. */
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
        response: { 200: authConfigSchema, 429: apiErrors[429] },
      },
      handler: async () => authConfigOf(config),
    });

    app.route({
      method: 'GET',
      url: '/auth/validate',
      config: { access: 'known' },
      schema: {
        operationId: 'authValidate',
        tags,
        summary: 'Ask whether a token is accepted.',
        response: { 200: statusSchema.describe('It is.'), ...apiErrors },
      },
      // Every caller that gets here has been let in.
      handler: async () => statusBody(200, 'OK', 'the token is accepted'),
    });

    app.route({
      method: 'GET',
      url: '/auth/whoami',
      config: { access: 'known' },
      schema: {
        operationId: 'whoAmI',
        tags,
        summary: 'The caller, with its roles and permissions.',
        response: { 200: identitySchema, ...apiErrors },
      },
      async handler(request) {
        const { name, roles } = principalOf(request);
        return { name, roles: [...roles], permissions: permissionsOf({ name, roles }) };
      },
    });
  };
}

/** Clients take the list of providers for the ways to log in, and refuse to log in anywhere if it is empty. */
function authConfigOf(config: Config): AuthConfig {
  const providers = providersOf(config);
  return {
    apiVersion: 'v1beta1',
    providers,
    defaultProvider: providers[0].metadata.name,
    organizationsEnabled: false,
    authenticationRequired: isApiAuthenticated(config),
  };
}

/** The way that is meant where nothing is said comes first. */
function providersOf(config: Config): [NamedProvider, ...NamedProvider[]] {
  if (!isApiAuthenticated(config)) return [tokenProvider('none', 'No authentication: any token is accepted')];
  const token = tokenProvider('token', 'Tokens');
  const oidc = oidcProviderOf(config);
  if (oidc === undefined) return [token];
  return config.tokensFile === undefined ? [oidc] : [oidc, token];
}

type NamedProvider = AuthProvider & { readonly metadata: { readonly name: string } };

function tokenProvider(name: string, displayName: string): NamedProvider {
  return { ...provider(name), spec: { providerType: 'k8s', displayName, apiUrl: '', enabled: true } };
}

function oidcProviderOf(config: Config): NamedProvider | undefined {
  const { oidcIssuer: issuer, oidcClientId: clientId } = config;
  if (issuer === undefined || clientId === undefined) return undefined;
  return {
    ...provider(oidcProvider),
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
  };
}

function provider(name: string) {
  return { apiVersion: 'v1beta1', kind: 'AuthProvider', metadata: { name } } as const;
}
