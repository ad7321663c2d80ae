import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { fleetListSchema, fleetRequestSchema, fleetSchema, type Fleet } from '../../domain/resources/fleet.ts';
import { resourceNameSchema } from '../../domain/resources/object-meta.ts';
import { patchRequestSchema } from '../../domain/resources/patch-request.ts';
import { statusSchema } from '../../domain/resources/status.ts';
import { storableObject } from '../../domain/resources/storable.ts';
import { unfollowedPolicy } from '../../domain/fleets/unfollowed-policy.ts';
import { createFleet } from '../../usecases/create-fleet.ts';
import { deleteFleet } from '../../usecases/delete-fleet.ts';
import { listFleets } from '../../usecases/list-fleets.ts';
import { patchFleet } from '../../usecases/patch-fleet.ts';
import { patchFleetStatus } from '../../usecases/patch-fleet-status.ts';
import { readFleet } from '../../usecases/read-fleet.ts';
import { replaceFleet } from '../../usecases/replace-fleet.ts';
import { originOf } from '../actor.ts';
import { answerWith } from '../../listener/answer-headers.ts';
import { apiErrors } from '../../listener/error-responses.ts';
import type { Listener } from '../../listener/listener.ts';
import { pageOf, pageQuery, selectedPageTokens } from '../paging.ts';
import { statusBody } from '../../listener/problems.ts';
import { queryFlag, selectorQuery } from '../query.ts';
import { refuseUnstorableBodies } from '../../listener/storable-bodies.ts';
import { warn } from '../warnings.ts';
import { assertNamedAsPath } from '../../domain/resource-name.ts';

/** The fleet as it was written, with a warning beside it where a part of it is not followed. */
const written = (description: string) => answerWith(fleetSchema, description, ['Warning']);
const params = z.object({ name: resourceNameSchema });
const tags = ['fleet'];
const addDevicesSummary = queryFlag
  .optional()
  .describe(
    'Say how many of its devices are in each state. Where these are more than 50,000 the numbers are those of the last count.',
  );

/** Fleets: which devices are kept alike, and by what template. */
export function fleetRoutes(context: Context) {
  return async (app: Listener) => {
    refuseUnstorableBodies(app);

    app.route({
      method: 'GET',
      url: '/fleets',
      config: { access: 'fleets.read' },
      schema: {
        operationId: 'listFleets',
        tags,
        summary: 'List fleets in the order of their names.',
        querystring: pageQuery.extend(selectorQuery.shape).extend({ addDevicesSummary }),
        response: { 200: fleetListSchema, ...apiErrors },
      },
      async handler({ query }) {
        const list = { apiVersion: 'flightctl.io/v1beta1', kind: 'FleetList' } as const;
        const tokens = selectedPageTokens('fleets', query);
        const wanted = { ...query, withSummary: query.addDevicesSummary };
        return await pageOf(list, { query, tokens }, (page) => listFleets(context, wanted, page));
      },
    });

    app.route({
      method: 'POST',
      url: '/fleets',
      config: { access: 'fleets.edit' },
      schema: {
        operationId: 'createFleet',
        tags,
        summary: 'Create a fleet.',
        body: fleetRequestSchema,
        response: { 201: written('Created.'), ...apiErrors },
      },
      async handler(request, reply) {
        const fleet = await createFleet(context, { request: request.body, by: originOf(request) });
        warnOfPolicy(reply, fleet);
        return await reply.code(201).send(fleet);
      },
    });

    app.route({
      method: 'GET',
      url: '/fleets/:name',
      config: { access: 'fleets.read' },
      schema: {
        operationId: 'getFleet',
        tags,
        summary: 'Get a fleet.',
        params,
        querystring: z.object({ addDevicesSummary }),
        response: { 200: fleetSchema, ...apiErrors },
      },
      handler: (request) =>
        readFleet(context, request.params.name, { withSummary: request.query.addDevicesSummary === true }),
    });

    app.route({
      method: 'PUT',
      url: '/fleets/:name',
      config: { access: 'fleets.edit' },
      schema: {
        operationId: 'replaceFleet',
        tags,
        summary: 'Replace a fleet, or create it.',
        params,
        body: fleetRequestSchema,
        response: { 200: written('Replaced.'), 201: written('Created.'), ...apiErrors },
      },
      async handler(request, reply) {
        const replacement = { name: request.params.name, request: request.body, by: originOf(request) };
        const { document, created } = await replaceFleet(context, replacement);
        warnOfPolicy(reply, document);
        return await reply.code(created ? 201 : 200).send(document);
      },
    });

    app.route({
      method: 'PATCH',
      url: '/fleets/:name',
      config: { access: 'fleets.edit' },
      schema: {
        operationId: 'patchFleet',
        tags,
        summary: 'Change a fleet by a JSON Patch.',
        consumes: ['application/json-patch+json'],
        params,
        body: patchRequestSchema,
        response: { 200: written('Changed.'), ...apiErrors },
      },
      async handler(request, reply) {
        const change = { name: request.params.name, patch: request.body, by: originOf(request) };
        const fleet = await patchFleet(context, change);
        warnOfPolicy(reply, fleet);
        return fleet;
      },
    });

    app.route({
      method: 'DELETE',
      url: '/fleets/:name',
      config: { access: 'fleets.edit' },
      schema: {
        operationId: 'deleteFleet',
        tags,
        summary: 'Delete a fleet; its devices stay.',
        description:
          'A fleet of few devices is gone when the answer comes. One of many has a `deletionTimestamp` until its devices have left it, step by step: the answer says then `Deleting` as its reason. Nothing is rolled out from it meanwhile, and nobody can change it or create one of its name (409).',
        params,
        response: { 200: statusSchema, ...apiErrors },
      },
      async handler(request) {
        const { name } = request.params;
        const fate = await deleteFleet(context, { name, by: originOf(request) });
        return fate === 'deleted'
          ? statusBody(200, 'OK', `fleet ${name} was deleted`)
          : statusBody(200, 'Deleting', `fleet ${name} is being deleted: it is gone when all devices have left it`);
      },
    });

    app.route({
      method: 'GET',
      url: '/fleets/:name/status',
      config: { access: 'fleets.read' },
      schema: {
        operationId: 'getFleetStatus',
        tags,
        summary: 'Get the status of a fleet.',
        params,
        response: { 200: fleetSchema, ...apiErrors },
      },
      handler: (request) => readFleet(context, request.params.name),
    });

    app.route({
      method: 'PUT',
      url: '/fleets/:name/status',
      config: { access: 'fleets.edit' },
      schema: {
        operationId: 'replaceFleetStatus',
        tags,
        summary: 'Answers the fleet as it is: the service works out the status, and overrules what others say of it.',
        params,
        body: fleetSchema,
        response: { 200: fleetSchema, ...apiErrors },
      },
      async handler(request) {
        const { name } = request.params;
        assertNamedAsPath(request.body, name, 'fleet');
        return await readFleet(context, name);
      },
    });

    app.route({
      method: 'PATCH',
      url: '/fleets/:name/status',
      config: { access: 'fleets.edit' },
      schema: {
        operationId: 'patchFleetStatus',
        tags,
        summary: 'Answers the fleet as it is: the service works out the status, and overrules what others say of it.',
        consumes: ['application/json-patch+json'],
        params,
        body: patchRequestSchema,
        response: { 200: fleetSchema, ...apiErrors },
      },
      handler: (request) => patchFleetStatus(context, { name: request.params.name, patch: request.body }),
    });
  };
}

/** Warning for the writer of a rollout policy: it is not followed. */
function warnOfPolicy(reply: FastifyReply, { metadata, spec }: Fleet): void {
  const problem = unfollowedPolicy(storableObject(spec));
  if (problem !== undefined) warn(reply, `fleet ${metadata.name ?? ''}: ${problem}`);
}
