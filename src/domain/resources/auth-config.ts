import { z } from 'zod';
import { allPermissions, roleNames } from '../access/roles.ts';
import { apiVersionSchema } from './api-version.ts';
import { objectMetaSchema } from './object-meta.ts';

const oidcProviderSpecSchema = z
  .looseObject({
    providerType: z.literal('oidc'),
    displayName: z.string().optional(),
    issuer: z.string().meta({ description: 'The issuer, as it names itself.' }),
    clientId: z.string().meta({ description: 'The public client with which people log in.' }),
    clientSecret: z.string().meta({ description: 'Empty: a public client has none.' }),
    enabled: z.boolean().optional(),
    scopes: z.array(z.string()).optional().meta({ description: 'What to ask the issuer for.' }),
    audience: z.string().optional().meta({ description: 'Whom a token must be for; ours, beside the contract.' }),
    usernameClaim: z.array(z.string()).optional(),
    organizationAssignment: z.looseObject({ type: z.literal('static'), organizationName: z.string() }),
    roleAssignment: z.looseObject({ type: z.literal('dynamic'), claimPath: z.array(z.string()) }),
  })
  .meta({ id: 'OIDCProviderSpec', description: 'An OpenID Connect issuer.' });

export const authProviderSchema = z
  .looseObject({
    apiVersion: apiVersionSchema,
    kind: z.literal('AuthProvider'),
    metadata: objectMetaSchema,
    spec: oidcProviderSpecSchema,
  })
  .meta({ id: 'AuthProvider', description: 'Who vouches for people.' });

export const authConfigSchema = z
  .looseObject({
    apiVersion: apiVersionSchema,
    providers: z.array(authProviderSchema).optional().meta({ description: 'None: only static tokens are accepted.' }),
    defaultProvider: z.string().optional(),
    organizationsEnabled: z.boolean().optional(),
  })
  .meta({ id: 'AuthConfig', description: 'How to log in.' });
export type AuthConfig = z.infer<typeof authConfigSchema>;

export const identitySchema = z
  .object({
    name: z.string().meta({ description: 'As events show it: user:NAME or token:NAME.' }),
    roles: z.array(z.enum(roleNames)),
    permissions: z.array(z.enum(allPermissions)).meta({ description: 'What the roles allow.' }),
  })
  .meta({ id: 'Identity', description: 'Who asks, and what that one may do.' });
