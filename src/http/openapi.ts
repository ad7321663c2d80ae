import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { version } from '../version.ts';

/** How the OpenAPI document is made from the routes. */
export const openapiOptions: FastifyDynamicSwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Muster',
      version,
      description:
        'Safe recovery of a device fleet after its control plane’s database is restored from a backup. The resources, paths and statuses of devices, fleets, enrollment requests, events and labels are those of Flight Control v1beta1; restores are Muster’s own.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: '/', description: 'The listener that served this document.' }],
    tags: [
      { name: 'restores', description: 'Declaring a restore and following its muster.' },
      { name: 'device actions', description: 'Deciding about devices in conflict.' },
      { name: 'health', description: 'Whether the service lives and can serve.' },
    ],
  },
  transform: createJsonSchemaTransform({}),
  transformObject: createJsonSchemaTransformObject({}),
};
