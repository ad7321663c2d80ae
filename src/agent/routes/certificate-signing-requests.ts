import { z } from 'zod';
import { requestOrigin } from '../../listener/request-origin.ts';
import { byDevice } from '../../domain/event.ts';
import {
  certificateSigningRequestRequestSchema,
  certificateSigningRequestSchema,
} from '../../domain/resources/certificate-signing-request.ts';
import { resourceNameSchema } from '../../domain/resources/object-meta.ts';
import { deviceErrors } from '../../listener/error-responses.ts';
import type { Listener } from '../../listener/listener.ts';
import { refuseUnstorableBodies } from '../../listener/storable-bodies.ts';
import { readSigningRequest } from '../../usecases/read-signing-request.ts';
import { renewDeviceCertificate } from '../../usecases/renew-device-certificate.ts';
import { requireCertified } from '../device-access.ts';
import type { Gateway } from '../gateway.ts';

const tags = ['agent'];

/** `POST /certificatesigningrequests` and `GET /certificatesigningrequests/{name}`: how a device renews its certificate. */
export function certificateSigningRequestRoutes({ context }: Gateway) {
  return async (app: Listener) => {
    refuseUnstorableBodies(app);

    app.route({
      method: 'POST',
      url: '/certificatesigningrequests',
      schema: {
        operationId: 'createCertificateSigningRequest',
        tags,
        summary: 'Ask for the next certificate of the device that shows its present one.',
        body: certificateSigningRequestRequestSchema,
        response: { 201: certificateSigningRequestSchema, ...deviceErrors },
      },
      async handler(request, reply) {
        const device = requireCertified(request);
        const by = requestOrigin(byDevice(device).actor, request);
        const made = await renewDeviceCertificate(context, { device, request: request.body, by });
        context.log.info(
          {
            requestId: request.id,
            actor: by.actor,
            action: 'createCertificateSigningRequest',
            certificatesigningrequest: made.metadata.name,
          },
          'done',
        );
        return await reply.code(201).send(made);
      },
    });

    app.route({
      method: 'GET',
      url: '/certificatesigningrequests/:name',
      schema: {
        operationId: 'getCertificateSigningRequest',
        tags,
        summary: 'Get a request for a certificate that the device made, with the certificate.',
        params: z.object({ name: resourceNameSchema }),
        response: { 200: certificateSigningRequestSchema, ...deviceErrors },
      },
      handler: (request) => readSigningRequest(context, request.params.name, { device: requireCertified(request) }),
    });
  };
}
