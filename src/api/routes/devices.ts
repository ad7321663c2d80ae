import { z } from 'zod';
import type { Context } from '../../context.ts';
import { badRequest } from '../../domain/errors.ts';
import {
  deviceLastSeenSchema,
  deviceListSchema,
  deviceRequestSchema,
  deviceSchema,
} from '../../domain/resources/device.ts';
import { deviceDecommissionSchema } from '../../domain/resources/device-decommission.ts';
import { resourceNameSchema } from '../../domain/resources/object-meta.ts';
import { patchRequestSchema } from '../../domain/resources/patch-request.ts';
import { statusSchema } from '../../domain/resources/status.ts';
import { createDevice } from '../../usecases/create-device.ts';
import { decommissionDevice } from '../../usecases/decommission-device.ts';
import { deleteDevice } from '../../usecases/delete-device.ts';
import { listDevices } from '../../usecases/list-devices.ts';
import { patchDevice } from '../../usecases/patch-device.ts';
import { readDevice, readLastSeen } from '../../usecases/read-device.ts';
import { replaceDevice } from '../../usecases/replace-device.ts';
import { summariseDevices } from '../../usecases/summarise-devices.ts';
import { originOf } from '../actor.ts';
import { answerWith } from '../../listener/answer-headers.ts';
import { apiErrors } from '../../listener/error-responses.ts';
import type { Listener } from '../../listener/listener.ts';
import { pageOf, pageQuery, selectedPageTokens } from '../paging.ts';
import { statusBody } from '../../listener/problems.ts';
import { queryFlag, selectorQuery } from '../query.ts';
import { refuseUnstorableBodies } from '../../listener/storable-bodies.ts';

const params = z.object({ name: resourceNameSchema });
const tags = ['device'];
const deviceList = { apiVersion: 'flightctl.io/v1beta1', kind: 'DeviceList' } as const;

const listQuery = pageQuery.extend(selectorQuery.shape).extend({
  summaryOnly: queryFlag
    .optional()
    .describe(
      'Only say how many devices there are in each state. Of more than 50,000 devices without selectors the numbers are those of the last count, and the header `Age` says how many seconds ago that began.',
    ),
  cveId: z.string().optional().describe('Not supported.'),
});

/** Devices: what they should be, and how they stand. */
export function deviceRoutes(context: Context) {
  return async (app: Listener) => {
    refuseUnstorableBodies(app);

    app.route({
      method: 'GET',
      url: '/devices',
      config: { access: 'devices.read' },
      schema: {
        operationId: 'listDevices',
        tags,
        summary: 'List devices in the order of their names.',
        querystring: listQuery,
        response: { 200: answerWith(deviceListSchema, 'A page of devices, or a summary.', ['Age']), ...apiErrors },
      },
      async handler({ query }, reply) {
        if (query.cveId !== undefined) throw badRequest('cveId: not supported: nothing is known of weaknesses here');
        if (query.summaryOnly === true) {
          assertSummaryAlone(query);
          const { summary, ageMs } = await summariseDevices(context, query);
          if (ageMs !== undefined) void reply.header('age', String(Math.round(ageMs / 1_000)));
          return { ...deviceList, metadata: {}, items: [], summary };
        }
        const tokens = selectedPageTokens('devices', query);
        return await pageOf(deviceList, { query, tokens }, (page) => listDevices(context, query, page));
      },
    });

    app.route({
      method: 'POST',
      url: '/devices',
      config: { access: 'devices.edit' },
      schema: {
        operationId: 'createDevice',
        tags,
        summary: 'Create a device.',
        body: deviceRequestSchema,
        response: { 201: deviceSchema, ...apiErrors },
      },
      async handler(request, reply) {
        const device = await createDevice(context, { request: request.body, by: originOf(request) });
        return await reply.code(201).send(device);
      },
    });

    app.route({
      method: 'GET',
      url: '/devices/:name',
      config: { access: 'devices.read' },
      schema: {
        operationId: 'getDevice',
        tags,
        summary: 'Get a device.',
        params,
        response: { 200: deviceSchema, ...apiErrors },
      },
      handler: (request) => readDevice(context, request.params.name),
    });

    app.route({
      method: 'PUT',
      url: '/devices/:name',
      config: { access: 'devices.edit' },
      schema: {
        operationId: 'replaceDevice',
        tags,
        summary: 'Replace a device, or create it.',
        params,
        body: deviceRequestSchema,
        response: { 200: deviceSchema.describe('Replaced.'), 201: deviceSchema.describe('Created.'), ...apiErrors },
      },
      async handler(request, reply) {
        const replacement = { name: request.params.name, request: request.body, by: originOf(request) };
        const { document, created } = await replaceDevice(context, replacement);
        return await reply.code(created ? 201 : 200).send(document);
      },
    });

    app.route({
      method: 'PATCH',
      url: '/devices/:name',
      config: { access: 'devices.edit' },
      schema: {
        operationId: 'patchDevice',
        tags,
        summary: 'Change a device by a JSON Patch.',
        consumes: ['application/json-patch+json'],
        params,
        body: patchRequestSchema,
        response: { 200: deviceSchema, ...apiErrors },
      },
      handler: (request) =>
        patchDevice(context, { name: request.params.name, patch: request.body, by: originOf(request) }),
    });

    app.route({
      method: 'DELETE',
      url: '/devices/:name',
      config: { access: 'devices.delete' },
      schema: {
        operationId: 'deleteDevice',
        tags,
        summary: 'Delete a device.',
        params,
        response: { 200: statusSchema, ...apiErrors },
      },
      async handler(request) {
        const { name } = request.params;
        await deleteDevice(context, { name, by: originOf(request) });
        return statusBody(200, 'OK', `device ${name} was deleted`);
      },
    });

    app.route({
      method: 'GET',
      url: '/devices/:name/lastseen',
      config: { access: 'devices.read' },
      schema: {
        operationId: 'getDeviceLastSeen',
        tags,
        summary: 'Time of a device’s last report.',
        params,
        response: { 200: deviceLastSeenSchema, 204: z.null().describe('It never was.'), ...apiErrors },
      },
      async handler(request, reply) {
        const lastSeen = await readLastSeen(context, request.params.name);
        if (lastSeen === undefined) return await reply.code(204).send(null);
        return { lastSeen: lastSeen.toISOString() };
      },
    });

    app.route({
      method: 'PUT',
      url: '/devices/:name/decommission',
      config: { access: 'devices.decommission' },
      schema: {
        operationId: 'decommissionDevice',
        tags,
        summary: 'Decommission a device: it unenrolls or resets itself, and no restore waits for it from then on.',
        params,
        body: deviceDecommissionSchema,
        response: { 200: deviceSchema, ...apiErrors },
      },
      handler: (request) =>
        decommissionDevice(context, {
          name: request.params.name,
          target: request.body.target,
          by: originOf(request),
        }),
    });
  };
}

function assertSummaryAlone({ limit, continue: token }: z.infer<typeof listQuery>): void {
  if (limit === undefined && token === undefined) return;
  throw badRequest('summaryOnly: expected no limit and no continue beside it: a summary has no pages');
}
