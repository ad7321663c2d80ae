import { z } from 'zod';
import type { Context } from '../../context.ts';
import { deviceSchema } from '../../domain/resources/device.ts';
import { resourceNameSchema } from '../../domain/resources/object-meta.ts';
import { unknownDeviceEnrollmentSchema, unknownDeviceListSchema } from '../../domain/resources/unknown-device.ts';
import { enrollUnknownDevice } from '../../usecases/enroll-unknown-device.ts';
import { listUnknownDevices } from '../../usecases/list-unknown-devices.ts';
import { originOf } from '../actor.ts';
import { apiErrors } from '../../listener/error-responses.ts';
import type { Listener } from '../../listener/listener.ts';
import { pageOf, pageQuery, pageTokens } from '../paging.ts';
import { restoreParams } from './restores.ts';

const tags = ['restore'];

/** Devices that a restored database does not know: enrolled after the backup, most likely. A person decides about them. */
export function unknownDeviceRoutes(context: Context) {
  return async (app: Listener) => {
    app.route({
      method: 'GET',
      url: '/restores/:name/unknown-devices',
      config: { access: 'restores.read' },
      schema: {
        operationId: 'listUnknownDevices',
        tags,
        summary: 'List devices that reported although the restored database does not know them.',
        params: restoreParams,
        querystring: pageQuery,
        response: { 200: unknownDeviceListSchema, ...apiErrors },
      },
      async handler(request) {
        const { query, params } = request;
        const list = { apiVersion: 'muster/v1', kind: 'UnknownDeviceList' } as const;
        const tokens = pageTokens('unknown-devices', z.object({ name: z.string() }));
        return await pageOf(list, { query, tokens }, (page) => listUnknownDevices(context, params.name, page));
      },
    });

    app.route({
      method: 'POST',
      url: '/restores/:name/unknown-devices/:device/enroll',
      config: { access: 'enrollment.decide' },
      schema: {
        operationId: 'enrollUnknownDevice',
        tags,
        summary: 'Let in a device that the restored database does not know: it is AwaitingReconnect until it reports.',
        params: restoreParams.extend({ device: resourceNameSchema }),
        body: unknownDeviceEnrollmentSchema.nullish(),
        response: { 201: deviceSchema.describe('The device, as it was created.'), ...apiErrors },
      },
      async handler(request, reply) {
        const { name: restore, device } = request.params;
        const enrollment = { ...request.body, restore, device, by: originOf(request) };
        return await reply.code(201).send(await enrollUnknownDevice(context, enrollment));
      },
    });
  };
}
