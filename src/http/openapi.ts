import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { version } from '../version.ts';
import { pruneComponents } from './prune-components.ts';

const toDocument = createJsonSchemaTransformObject({});

type Tag = { readonly name: string; readonly description: string };

/** How the OpenAPI document of a listener is made from its routes. */
export function openapiOptions(about: {
  title: string;
  description: string;
  tags: Tag[];
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
      security: [],
    },
    transform: createJsonSchemaTransform({}),
    transformObject: (document) => pruneComponents(toDocument(document)),
  };
}
