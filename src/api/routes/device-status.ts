import { z } from 'zod';
import type { Context } from '../../context.ts';
import { parseRenderedVersion } from '../../domain/recovery/position.ts';
import { deviceSchema, deviceStatusRequestSchema } from '../../domain/resources/device.ts';
import { limits } from '../../domain/resources/limits.ts';
import { resourceNameSchema } from '../../domain/resources/object-meta.ts';
import { patchRequestSchema } from '../../domain/resources/patch-request.ts';
import { readDevice } from '../../usecases/read-device.ts';
import { readRendered } from '../../usecases/read-rendered.ts';
import { patchDeviceStatus, replaceDeviceStatus } from '../../usecases/store-device-status.ts';
import { apiErrors } from '../../listener/error-responses.ts';
import type { Listener } from '../../listener/listener.ts';
import { refuseUnstorableBodies } from '../../listener/storable-bodies.ts';
import { assertNamedAsPath } from '../../domain/resource-name.ts';

const params = z.object({ name: resourceNameSchema });
const tags = ['device'];

/** State of a device as administrators read and write it. Nothing here counts as a report of the device. */
export function deviceStatusRoutes(context: Context) {
  return async (app: Listener) => {
    refuseUnstorableBodies(app);

    app.route({
      method: 'GET',
      url: '/devices/:name/status',
      config: { access: 'devices.read' },
      schema: {
        operationId: 'getDeviceStatus',
        tags,
        summary: 'Get the status of a device.',
        params,
        response: { 200: deviceSchema, ...apiErrors },
      },
      handler: (request) => readDevice(context, request.params.name),
    });

    app.route({
      method: 'PUT',
      url: '/devices/:name/status',
      config: { access: 'devices.edit' },
      bodyLimit: limits.statusBytes,
      schema: {
        operationId: 'replaceDeviceStatus',
        tags,
        summary: 'Replace the status that a device last sent. Nothing is judged by it.',
        params,
        body: deviceStatusRequestSchema,
        response: { 200: deviceSchema, ...apiErrors },
      },
      async handler(request) {
        const { name } = request.params;
        const { metadata, status } = request.body;
        assertNamedAsPath(request.body, name, 'device');
        return await replaceDeviceStatus(context, { name, status, resourceVersion: metadata.resourceVersion });
      },
    });

    app.route({
      method: 'PATCH',
      url: '/devices/:name/status',
      config: { access: 'devices.edit' },
      bodyLimit: limits.statusBytes,
      schema: {
        operationId: 'patchDeviceStatus',
        tags,
        summary: 'Change the status that a device last sent, by a JSON Patch of the device. Nothing is judged by it.',
        consumes: ['application/json-patch+json'],
        params,
        body: patchRequestSchema,
        response: { 200: deviceSchema, ...apiErrors },
      },
      handler: (request) => patchDeviceStatus(context, { name: request.params.name, patch: request.body }),
    });

    app.route({
      method: 'GET',
      url: '/devices/:name/rendered',
      config: { access: 'devices.read' },
      schema: {
        operationId: 'getRenderedDevice',
        tags,
        summary:
          'Get a device with the spec that was rendered for it; 409 while its gate is not open, or nothing was rendered.',
        params,
        querystring: z.object({
          knownRenderedVersion: z
            .string()
            .max(limits.positionTextLength)
            .optional()
            .describe('The rendered version that the caller has.'),
        }),
        response: { 200: deviceSchema, 204: z.null().describe('The caller has the newest.'), ...apiErrors },
      },
      async handler(request, reply) {
        const knownVersion = parseRenderedVersion(request.query.knownRenderedVersion, 'knownRenderedVersion');
        const device = await readRendered(context, request.params.name, { knownVersion });
        return device ?? (await reply.code(204).send(null));
      },
    });
  };
}
