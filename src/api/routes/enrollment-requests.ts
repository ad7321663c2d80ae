import { z } from 'zod';
import type { Context } from '../../context.ts';
import {
  enrollmentRequestApprovalSchema,
  enrollmentRequestApprovalStatusSchema,
  enrollmentRequestListSchema,
  enrollmentRequestRequestSchema,
  enrollmentRequestSchema,
} from '../../domain/resources/enrollment-request.ts';
import { resourceNameSchema } from '../../domain/resources/object-meta.ts';
import { patchRequestSchema } from '../../domain/resources/patch-request.ts';
import { statusSchema } from '../../domain/resources/status.ts';
import { approveEnrollmentRequest } from '../../usecases/approve-enrollment-request.ts';
import { createEnrollmentRequest } from '../../usecases/create-enrollment-request.ts';
import { deleteEnrollmentRequest } from '../../usecases/delete-enrollment-request.ts';
import { listEnrollmentRequests } from '../../usecases/list-enrollment-requests.ts';
import { patchEnrollmentRequest } from '../../usecases/patch-enrollment-request.ts';
import { readEnrollmentRequest } from '../../usecases/read-enrollment-request.ts';
import { replaceEnrollmentRequest } from '../../usecases/replace-enrollment-request.ts';
import { originOf } from '../actor.ts';
import { answerWith } from '../../listener/answer-headers.ts';
import { apiErrors } from '../../listener/error-responses.ts';
import type { Listener } from '../../listener/listener.ts';
import { pageOf, pageQuery, selectedPageTokens } from '../paging.ts';
import { statusBody } from '../../listener/problems.ts';
import { selectorQuery } from '../query.ts';
import { refuseUnstorableBodies } from '../../listener/storable-bodies.ts';
import { warn } from '../warnings.ts';

const params = z.object({ name: resourceNameSchema });
const tags = ['enrollmentrequest'];

/** Enrollment requests: devices that want to join, and what people answer them. */
export function enrollmentRequestRoutes(context: Context) {
  return async (app: Listener) => {
    refuseUnstorableBodies(app);

    app.route({
      method: 'GET',
      url: '/enrollmentrequests',
      config: { access: 'enrollment.read' },
      schema: {
        operationId: 'listEnrollmentRequests',
        tags,
        summary: 'List enrollment requests in the order of their names.',
        querystring: pageQuery.extend(selectorQuery.shape),
        response: { 200: enrollmentRequestListSchema, ...apiErrors },
      },
      async handler({ query }) {
        const list = { apiVersion: 'flightctl.io/v1beta1', kind: 'EnrollmentRequestList' } as const;
        const tokens = selectedPageTokens('enrollmentrequests', query);
        return await pageOf(list, { query, tokens }, (page) => listEnrollmentRequests(context, query, page));
      },
    });

    app.route({
      method: 'POST',
      url: '/enrollmentrequests',
      config: { access: 'enrollment.edit' },
      schema: {
        operationId: 'createEnrollmentRequest',
        tags,
        summary: 'Create an enrollment request.',
        body: enrollmentRequestRequestSchema,
        response: { 201: enrollmentRequestSchema, ...apiErrors },
      },
      async handler(request, reply) {
        const made = await createEnrollmentRequest(context, { request: request.body, by: originOf(request) });
        return await reply.code(201).send(made);
      },
    });

    app.route({
      method: 'GET',
      url: '/enrollmentrequests/:name',
      config: { access: 'enrollment.read' },
      schema: {
        operationId: 'getEnrollmentRequest',
        tags,
        summary: 'Get an enrollment request.',
        params,
        response: { 200: enrollmentRequestSchema, ...apiErrors },
      },
      handler: (request) => readEnrollmentRequest(context, request.params.name),
    });

    app.route({
      method: 'PUT',
      url: '/enrollmentrequests/:name',
      config: { access: 'enrollment.edit' },
      schema: {
        operationId: 'replaceEnrollmentRequest',
        tags,
        summary: 'Replace an enrollment request, or create it.',
        params,
        body: enrollmentRequestRequestSchema,
        response: {
          200: enrollmentRequestSchema.describe('Replaced.'),
          201: enrollmentRequestSchema.describe('Created.'),
          ...apiErrors,
        },
      },
      async handler(request, reply) {
        const replacement = { name: request.params.name, request: request.body, by: originOf(request) };
        const { document, created } = await replaceEnrollmentRequest(context, replacement);
        return await reply.code(created ? 201 : 200).send(document);
      },
    });

    app.route({
      method: 'PATCH',
      url: '/enrollmentrequests/:name',
      config: { access: 'enrollment.edit' },
      schema: {
        operationId: 'patchEnrollmentRequest',
        tags,
        summary: 'Change an enrollment request by a JSON Patch.',
        consumes: ['application/json-patch+json'],
        params,
        body: patchRequestSchema,
        response: { 200: enrollmentRequestSchema, ...apiErrors },
      },
      handler: (request) =>
        patchEnrollmentRequest(context, { name: request.params.name, patch: request.body, by: originOf(request) }),
    });

    app.route({
      method: 'DELETE',
      url: '/enrollmentrequests/:name',
      config: { access: 'enrollment.edit' },
      schema: {
        operationId: 'deleteEnrollmentRequest',
        tags,
        summary: 'Delete an enrollment request.',
        params,
        response: { 200: statusSchema, ...apiErrors },
      },
      async handler(request) {
        const { name } = request.params;
        await deleteEnrollmentRequest(context, { name, by: originOf(request) });
        return statusBody(200, 'OK', `enrollment request ${name} was deleted`);
      },
    });

    app.route({
      method: 'PUT',
      url: '/enrollmentrequests/:name/approval',
      config: { access: 'enrollment.decide' },
      schema: {
        operationId: 'approveEnrollmentRequest',
        tags,
        summary: 'Approve or deny an enrollment request. Approving creates the device.',
        params,
        body: enrollmentRequestApprovalSchema,
        response: {
          200: answerWith(enrollmentRequestApprovalStatusSchema, 'The answer.', ['Warning']),
          ...apiErrors,
        },
      },
      async handler(request, reply) {
        const { name } = request.params;
        const given = { name, approval: request.body, by: originOf(request) };
        const { answer, warning } = await approveEnrollmentRequest(context, given);
        if (warning !== undefined) warn(reply, warning);
        return answer;
      },
    });
  };
}
