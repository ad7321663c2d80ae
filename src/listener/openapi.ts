import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import type { FastifySchema } from 'fastify';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { RouteAccess } from '../domain/access/permissions.ts';
import { version } from '../version.ts';
import { bodyErrors } from './error-responses.ts';
import { tidyComponents } from './openapi-components.ts';

const toSchema = createJsonSchemaTransform({});
const toDocument = createJsonSchemaTransformObject({});

type Tag = { readonly name: string; readonly description: string };
type SecuritySchemes = NonNullable<
  NonNullable<NonNullable<FastifyDynamicSwaggerOptions['openapi']>['components']>['securitySchemes']
>;

/** Settings that the OpenAPI document of a listener is made with. */
export function openapiOptions({
  securitySchemes = {},
  security = [],
  ...about
}: {
  title: string;
  description: string;
  tags: Tag[];
  /** Ways to authenticate: any one of these. */
  securitySchemes?: SecuritySchemes;
  /** Credentials that an operation asks for where it does not say otherwise: any one of these. */
  security?: Record<string, string[]>[];
}): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: about.title,
        version,
        description: about.description,
      },
      servers: [{ url: '/', description: 'The listener that serves this.' }],
      tags: about.tags,
      components: { securitySchemes },
      security,
    },
    transform(route) {
      const { schema, url } = toSchema({ ...route, schema: withBodyErrors(route.schema) });
      return { schema: withAccess(schema, route.route.config?.access, Object.keys(securitySchemes)), url };
    },
    transformObject: (document) => tidyComponents(toDocument(document)),
  };
}

/** Adds the errors of what is read before a route: a body too large, or in a form that is not read. */
function withBodyErrors(schema: FastifySchema): FastifySchema {
  if (schema?.body === undefined) return schema;
  return { ...schema, response: { ...bodyErrors, ...(schema.response as object | undefined) } };
}

/** Writes the permission that a route asks for into its operation. */
function withAccess(schema: FastifySchema, access: RouteAccess | undefined, schemes: readonly string[]): FastifySchema {
  if (access === undefined || access === 'open') return schema;
  return Object.assign(schema, { security: schemes.map((name) => ({ [name]: [] })), 'x-permission': access });
}
