import { z } from 'zod';
import { requestOrigin } from '../../listener/request-origin.ts';
import { enrollmentRequestRequestSchema, enrollmentRequestSchema } from '../../domain/resources/enrollment-request.ts';
import { limits } from '../../domain/resources/limits.ts';
import { resourceNameSchema } from '../../domain/resources/object-meta.ts';
import { deviceErrors } from '../../listener/error-responses.ts';
import type { Listener } from '../../listener/listener.ts';
import { refuseUnstorableBodies } from '../../listener/storable-bodies.ts';
import { createEnrollmentRequest } from '../../usecases/create-enrollment-request.ts';
import { readEnrollmentRequest } from '../../usecases/read-enrollment-request.ts';
import { requireEnrolling } from '../device-access.ts';
import type { Gateway } from '../gateway.ts';

/** `POST /enrollmentrequests` and `GET /enrollmentrequests/{name}`: how a device asks to join, and learns the answer. */
export function enrollmentRoutes({ context }: Gateway) {
  return async (app: Listener) => {
    refuseUnstorableBodies(app);

    app.route({
      method: 'POST',
      url: '/enrollmentrequests',
      bodyLimit: limits.enrollmentRequestBytes,
      schema: {
        operationId: 'createEnrollmentRequest',
        tags: ['agent'],
        summary: 'Ask to join.',
        body: enrollmentRequestRequestSchema,
        response: { 201: enrollmentRequestSchema, ...deviceErrors },
      },
      async handler(request, reply) {
        const actor = requireEnrolling(request, request.body.metadata.name ?? '');
        const made = await createEnrollmentRequest(context, {
          request: request.body,
          by: requestOrigin(actor, request),
        });
        const { name } = made.metadata;
        context.log.info(
          { requestId: request.id, actor, action: 'createEnrollmentRequest', enrollmentrequest: name },
          'done',
        );
        return await reply.code(201).send(made);
      },
    });

    app.route({
      method: 'GET',
      url: '/enrollmentrequests/:name',
      schema: {
        operationId: 'getEnrollmentRequest',
        tags: ['agent'],
        summary: 'Learn what became of the wish to join.',
        params: z.object({ name: resourceNameSchema }),
        response: { 200: enrollmentRequestSchema, ...deviceErrors },
      },
      handler: (request) => readEnrollmentRequest(context, request.params.name),
    });
  };
}
