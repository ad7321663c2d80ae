import { z } from 'zod';
import type { Context } from '../../context.ts';
import { hasPermission } from '../../domain/access/principal.ts';
import {
  certificateSigningRequestAnswerSchema,
  certificateSigningRequestListSchema,
  certificateSigningRequestRequestSchema,
  certificateSigningRequestSchema,
} from '../../domain/resources/certificate-signing-request.ts';
import { resourceNameSchema } from '../../domain/resources/object-meta.ts';
import { statusSchema } from '../../domain/resources/status.ts';
import { answerSigningRequest } from '../../usecases/answer-signing-request.ts';
import { createSigningRequest } from '../../usecases/create-signing-request.ts';
import { deleteSigningRequest } from '../../usecases/delete-signing-request.ts';
import { listSigningRequests } from '../../usecases/list-signing-requests.ts';
import { readSigningRequest } from '../../usecases/read-signing-request.ts';
import { replaceSigningRequest } from '../../usecases/replace-signing-request.ts';
import { originOf, principalOf } from '../actor.ts';
import { apiErrors } from '../../listener/error-responses.ts';
import type { Listener } from '../../listener/listener.ts';
import { pageOf, pageQuery, selectedPageTokens } from '../paging.ts';
import { statusBody } from '../../listener/problems.ts';
import { selectorQuery } from '../query.ts';
import { refuseUnstorableBodies } from '../../listener/storable-bodies.ts';

const params = z.object({ name: resourceNameSchema });
const tags = ['certificatesigningrequest'];
const url = '/certificatesigningrequests';

/** Certificate signing requests: enrollment certificates that people ask for, and what devices renewed. */
export function certificateSigningRequestRoutes(context: Context) {
  return async (app: Listener) => {
    refuseUnstorableBodies(app);

    app.route({
      method: 'GET',
      url,
      config: { access: 'certificates.read' },
      schema: {
        operationId: 'listCertificateSigningRequests',
        tags,
        summary: 'List certificate signing requests in the order of their names.',
        querystring: pageQuery.extend(selectorQuery.shape),
        response: { 200: certificateSigningRequestListSchema, ...apiErrors },
      },
      async handler({ query }) {
        const list = { apiVersion: 'flightctl.io/v1beta1', kind: 'CertificateSigningRequestList' } as const;
        const tokens = selectedPageTokens(url, query);
        return await pageOf(list, { query, tokens }, (page) => listSigningRequests(context, query, page));
      },
    });

    app.route({
      method: 'POST',
      url,
      config: { access: 'certificates.edit' },
      schema: {
        operationId: 'createCertificateSigningRequest',
        tags,
        summary: 'Ask for an enrollment certificate. Approved at once for those who may decide.',
        body: certificateSigningRequestRequestSchema,
        response: { 201: certificateSigningRequestSchema, ...apiErrors },
      },
      async handler(request, reply) {
        const made = await createSigningRequest(context, { request: request.body, ...whoAsks(request) });
        return await reply.code(201).send(made);
      },
    });

    app.route({
      method: 'GET',
      url: `${url}/:name`,
      config: { access: 'certificates.read' },
      schema: {
        operationId: 'getCertificateSigningRequest',
        tags,
        summary: 'Get a certificate signing request.',
        params,
        response: { 200: certificateSigningRequestSchema, ...apiErrors },
      },
      handler: (request) => readSigningRequest(context, request.params.name),
    });

    app.route({
      method: 'PUT',
      url: `${url}/:name`,
      config: { access: 'certificates.edit' },
      schema: {
        operationId: 'replaceCertificateSigningRequest',
        tags,
        summary: 'Create a certificate signing request, or find that the same one is there.',
        params,
        body: certificateSigningRequestRequestSchema,
        response: {
          200: certificateSigningRequestSchema.describe('It was there.'),
          201: certificateSigningRequestSchema.describe('Created.'),
          ...apiErrors,
        },
      },
      async handler(request, reply) {
        const wish = { name: request.params.name, request: request.body, ...whoAsks(request) };
        const { document, created } = await replaceSigningRequest(context, wish);
        return await reply.code(created ? 201 : 200).send(document);
      },
    });

    app.route({
      method: 'DELETE',
      url: `${url}/:name`,
      config: { access: 'certificates.edit' },
      schema: {
        operationId: 'deleteCertificateSigningRequest',
        tags,
        summary: 'Delete a certificate signing request. A certificate that was issued holds until it expires.',
        params,
        response: { 200: statusSchema, ...apiErrors },
      },
      async handler(request) {
        const { name } = request.params;
        await deleteSigningRequest(context, { name, by: originOf(request) });
        return statusBody(200, 'OK', `certificate signing request ${name} was deleted`);
      },
    });

    app.route({
      method: 'PUT',
      url: `${url}/:name/approval`,
      config: { access: 'certificates.decide' },
      schema: {
        operationId: 'updateCertificateSigningRequestApproval',
        tags,
        summary: 'Approve or deny a certificate signing request. Approving issues the certificate.',
        params,
        body: certificateSigningRequestAnswerSchema,
        response: { 200: certificateSigningRequestSchema, ...apiErrors },
      },
      handler: (request) =>
        answerSigningRequest(context, {
          name: request.params.name,
          answer: request.body,
          by: originOf(request),
        }),
    });
  };
}

function whoAsks(request: Parameters<typeof principalOf>[0]) {
  return { by: originOf(request), mayDecide: hasPermission(principalOf(request), 'certificates.decide') };
}
