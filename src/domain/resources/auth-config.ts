import { z } from 'zod';
import { allPermissions, roleNames } from '../access/roles.ts';
import { apiVersionSchema } from './api-version.ts';
import { objectMetaSchema } from './object-meta.ts';

/** Name of the provider that stands for the OpenID Connect issuer. */
export const oidcProvider = 'oidc';

const oidcProviderSpecSchema = z
  .looseObject({
    providerType: z.literal('oidc'),
    displayName: z.string().optional(),
    issuer: z.string().meta({ description: 'The issuer, as it names itself.' }),
    clientId: z.string().meta({ description: 'The client with which people log in.' }),
    clientSecret: z.string().meta({ description: 'Empty: nobody is told it.' }),
    enabled: z.boolean().optional(),
    scopes: z.array(z.string()).optional().meta({ description: 'What to ask the issuer for.' }),
    audience: z.string().optional().meta({ description: 'Whom access tokens must be for; ours, beside the contract.' }),
    usernameClaim: z.array(z.string()).optional(),
    organizationAssignment: z.looseObject({ type: z.literal('static'), organizationName: z.string() }),
    roleAssignment: z.looseObject({ type: z.literal('dynamic'), claimPath: z.array(z.string()) }),
  })
  .meta({ id: 'OIDCProviderSpec', description: 'An OpenID Connect issuer.' });

const tokenProviderSpecSchema = z
  .looseObject({
    providerType: z.literal('k8s').meta({ description: 'To clients this says that they have to bring a token.' }),
    displayName: z.string(),
    apiUrl: z.string().meta({ description: 'Empty: no other service is asked.' }),
    enabled: z.boolean().optional(),
  })
  .meta({ id: 'TokenProviderSpec', description: 'Tokens that people and machines have from elsewhere.' });

const authProviderSchema = z
  .looseObject({
    apiVersion: apiVersionSchema,
    kind: z.literal('AuthProvider'),
    metadata: objectMetaSchema,
    spec: z.discriminatedUnion('providerType', [oidcProviderSpecSchema, tokenProviderSpecSchema]),
  })
  .meta({ id: 'AuthProvider', description: 'Who vouches for people.' });

export const authConfigSchema = z
  .looseObject({
    apiVersion: apiVersionSchema,
    providers: z.array(authProviderSchema).min(1).meta({ description: 'Ways to log in; at least one.' }),
    defaultProvider: z.string(),
    organizationsEnabled: z.boolean().optional(),
    authenticationRequired: z.boolean().meta({
      description: 'Whether anybody has to log in; if not, any token is accepted. Ours, beside the contract.',
    }),
  })
  .meta({ id: 'AuthConfig', description: 'How to log in.' });
export type AuthConfig = z.infer<typeof authConfigSchema>;
export type AuthProvider = z.infer<typeof authProviderSchema>;

export const identitySchema = z
  .object({
    name: z.string().meta({ description: 'As events show it: user:NAME or token:NAME.' }),
    roles: z.array(z.enum(roleNames)),
    permissions: z.array(z.enum(allPermissions)).meta({ description: 'What the roles allow.' }),
  })
  .meta({ id: 'Identity', description: 'Who asks, and what that one may do.' });
