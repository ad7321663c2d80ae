import { z } from 'zod';
import { allPermissions, roleNames } from '../access/roles.ts';
import { apiVersionSchema } from './api-version.ts';
import { objectMetaSchema } from './object-meta.ts';

/** Name of the provider for the OpenID Connect issuer. */
export const oidcProvider = 'oidc';

const oidcProviderSpecSchema = z
  .looseObject({
    providerType: z.literal('oidc'),
    displayName: z.string().optional(),
    issuer: z.string().meta({ description: 'The issuer, by the name that it gives itself.' }),
    clientId: z.string().meta({ description: 'The client with which people log in.' }),
    clientSecret: z.string().meta({ description: 'Always empty: it is never shown.' }),
    enabled: z.boolean().optional(),
    scopes: z.array(z.string()).optional().meta({ description: 'Scopes to ask the issuer for.' }),
    audience: z
      .string()
      .optional()
      .meta({ description: 'Audience that access tokens must have. An addition to the contract.' }),
    usernameClaim: z.array(z.string()).optional(),
    organizationAssignment: z.looseObject({ type: z.literal('static'), organizationName: z.string() }),
    roleAssignment: z.looseObject({ type: z.literal('dynamic'), claimPath: z.array(z.string()) }),
  })
  .meta({ id: 'OIDCProviderSpec', description: 'An OpenID Connect issuer.' });

const tokenProviderSpecSchema = z
  .looseObject({
    providerType: z.literal('k8s').meta({ description: 'Tells clients that they have to bring a token.' }),
    displayName: z.string(),
    apiUrl: z.string().meta({ description: 'Empty: no other service is asked.' }),
    enabled: z.boolean().optional(),
  })
  .meta({ id: 'TokenProviderSpec', description: 'Tokens that people and machines get from elsewhere.' });

const authProviderSchema = z
  .looseObject({
    apiVersion: apiVersionSchema,
    kind: z.literal('AuthProvider'),
    metadata: objectMetaSchema,
    spec: z.discriminatedUnion('providerType', [oidcProviderSpecSchema, tokenProviderSpecSchema]),
  })
  .meta({ id: 'AuthProvider', description: 'A way to authenticate.' });

export const authConfigSchema = z
  .looseObject({
    apiVersion: apiVersionSchema,
    providers: z.array(authProviderSchema).min(1).meta({ description: 'Ways to log in; at least one.' }),
    defaultProvider: z.string(),
    organizationsEnabled: z.boolean().optional(),
    authenticationRequired: z.boolean().meta({
      description: 'True if callers have to log in; if not, any token is accepted. An addition to the contract.',
    }),
  })
  .meta({ id: 'AuthConfig', description: 'The ways to log in.' });
export type AuthConfig = z.infer<typeof authConfigSchema>;
export type AuthProvider = z.infer<typeof authProviderSchema>;

export const identitySchema = z
  .object({
    name: z.string().meta({ description: 'The name that events show: user:NAME or token:NAME.' }),
    roles: z.array(z.enum(roleNames)),
    permissions: z.array(z.enum(allPermissions)).meta({ description: 'The permissions that the roles give.' }),
  })
  .meta({ id: 'Identity', description: 'The caller, and the permissions that it has.' });
