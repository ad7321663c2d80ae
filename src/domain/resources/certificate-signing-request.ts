import { z } from 'zod';
import { apiVersionSchema } from './api-version.ts';
import { conditionSchema } from './condition.ts';
import { limits } from './limits.ts';
import { listMetaSchema } from './list-meta.ts';
import { objectMetaSchema } from './object-meta.ts';

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const wishFields = {
  request: z
    .string()
    .min(1)
    .max(limits.certificateRequestLength, { abort: true })
    .regex(base64, 'expected base64')
    .meta({ description: 'The certificate signing request (PKCS#10) in PEM, in base64.', format: 'byte' }),
  signerName: z
    .string()
    .min(1)
    .max(limits.itemNameLength)
    .meta({ description: 'The requested signer, such as `flightctl.io/enrollment`.' }),
  expirationSeconds: z.int().min(limits.certificateSeconds.least).max(limits.certificateSeconds.most).optional().meta({
    description: 'Requested validity. A management certificate gets no more than the setting allows.',
  }),
  usages: z.array(z.string().max(limits.itemNameLength)).max(limits.certificateUsageCount).optional().meta({
    description: 'Requested usages. Every certificate is for clients, and none is for an authority.',
  }),
};

const certificateSigningRequestSpecSchema = z
  .looseObject({
    ...wishFields,
    username: z
      .string()
      .optional()
      .meta({ description: 'The caller that made the request. Ignored in a request: the service sets it.' }),
  })
  .meta({ id: 'CertificateSigningRequestSpec', description: 'The request for a certificate.' });
export type CertificateSigningRequestSpec = z.infer<typeof certificateSigningRequestSpecSchema>;

const certificateSigningRequestStatusSchema = z
  .looseObject({
    certificate: z
      .string()
      .optional()
      .meta({ description: 'The certificate that was signed, in PEM, in base64.', format: 'byte' }),
    conditions: z.array(conditionSchema).max(limits.conditionCount),
  })
  .meta({
    id: 'CertificateSigningRequestStatus',
    description: 'The outcome of the request: Approved, Denied or neither.',
  });

/** A certificate signing request in answers. */
export const certificateSigningRequestSchema = z
  .looseObject({
    apiVersion: apiVersionSchema,
    kind: z.literal('CertificateSigningRequest'),
    metadata: objectMetaSchema,
    spec: certificateSigningRequestSpecSchema,
    status: certificateSigningRequestStatusSchema.optional(),
  })
  .meta({ id: 'CertificateSigningRequest', description: 'A request for a certificate from the device CA.' });
export type CertificateSigningRequest = z.infer<typeof certificateSigningRequestSchema>;

const requestFields = {
  apiVersion: apiVersionSchema,
  kind: z.enum(['CertificateSigningRequest', '']),
  metadata: objectMetaSchema,
  spec: certificateSigningRequestSpecSchema,
};

/** A certificate signing request as a device or a person sends it. The request may hold a status, which is ignored. */
export const certificateSigningRequestRequestSchema = z
  .looseObject({
    ...requestFields,
    status: z.unknown().optional().meta({ description: 'Ignored: the service sets it.' }),
  })
  .meta({ id: 'CertificateSigningRequestSubmission', description: 'A certificate signing request to create.' });
export type CertificateSigningRequestRequest = z.infer<typeof certificateSigningRequestRequestSchema>;

/** A person's answer: the request with the condition Approved or Denied added. */
export const certificateSigningRequestAnswerSchema = z
  .looseObject({
    ...requestFields,
    status: z.looseObject({
      conditions: z
        .array(conditionSchema.partial({ reason: true, message: true, lastTransitionTime: true }))
        .max(limits.conditionCount),
    }),
  })
  .meta({
    id: 'CertificateSigningRequestApproval',
    description: 'The request with the condition Approved or Denied. Only the condition is read.',
  });
export type CertificateSigningRequestAnswer = z.infer<typeof certificateSigningRequestAnswerSchema>;

export const certificateSigningRequestListSchema = z
  .looseObject({
    apiVersion: apiVersionSchema,
    kind: z.literal('CertificateSigningRequestList'),
    metadata: listMetaSchema,
    items: z.array(certificateSigningRequestSchema),
  })
  .meta({ id: 'CertificateSigningRequestList', description: 'A page of certificate signing requests.' });
