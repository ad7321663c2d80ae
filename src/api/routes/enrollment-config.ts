import { z } from 'zod';
import { readNamedFile } from '../../auth/pem-file.ts';
import type { Context } from '../../context.ts';
import { enrollmentConfigSchema } from '../../domain/resources/enrollment-config.ts';
import { resourceNameSchema } from '../../domain/resources/object-meta.ts';
import { readEnrollmentConfig } from '../../usecases/read-enrollment-config.ts';
import { apiErrors } from '../../listener/error-responses.ts';
import type { Listener } from '../../listener/listener.ts';

/** `GET /enrollmentconfig`: what has to stand in the configuration of an agent that is to enroll here. */
export function enrollmentConfigRoutes(context: Context) {
  const { agentServerCa: path } = context.config;
  return async (app: Listener) => {
    const authorities =
      path === undefined
        ? { current: '' }
        : await context.credentialFiles.keep({
            what: 'authorities of the listener for devices',
            paths: [path],
            read: () => readNamedFile({ setting: 'MUSTER_AGENT_SERVER_CA', path }),
          });

    app.route({
      method: 'GET',
      url: '/enrollmentconfig',
      config: { access: 'certificates.read' },
      schema: {
        operationId: 'getEnrollmentConfig',
        tags: ['enrollmentrequest'],
        summary: 'Get what an agent needs to enroll.',
        querystring: z.object({
          csr: resourceNameSchema
            .optional()
            .describe('Certificate signing request whose certificate is to be in it, once that was issued.'),
        }),
        response: { 200: enrollmentConfigSchema, ...apiErrors },
      },
      handler: ({ query }) => readEnrollmentConfig(context, { authorities: authorities.current, csr: query.csr }),
    });
  };
}
