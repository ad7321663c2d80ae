import { z } from 'zod';
import { apiVersionSchema } from './api-version.ts';
import { conditionSchema } from './condition.ts';
import { osModeTypeSchema } from './device-status-items.ts';
import { reportedDeviceStatusSchema } from './device-status.ts';
import { limits } from './limits.ts';
import { listMetaSchema } from './list-meta.ts';
import { labelsSchema, objectMetaSchema } from './object-meta.ts';
import { atMostEntries } from './object-rules.ts';
import { timestampSchema } from './timestamp.ts';

/**
 * Labels that an agent suggests. The contract only asks for text, and agents send their host's name: the approval checks
 * that they are valid labels, because a person can correct them there. An agent without any sends null.
 */
const suggestedLabels = z
  .record(z.string(), z.string().max(limits.textLength))
  .superRefine(atMostEntries(limits.labelCount))
  .nullable()
  .optional()
  .meta({ description: 'Labels that the device would like to have.' });

const enrollmentRequestSpecSchema = z
  .looseObject({
    csr: z
      .string()
      .min(1)
      .max(limits.certificateRequestLength)
      .meta({ description: 'The certificate signing request (PKCS#10), in PEM.' }),
    deviceStatus: reportedDeviceStatusSchema.optional(),
    labels: suggestedLabels,
    knownRenderedVersion: z
      .string()
      .max(limits.positionTextLength)
      .optional()
      .meta({ description: 'The rendered version that the device still runs from an earlier enrollment.' }),
    osMode: osModeTypeSchema.optional(),
  })
  .meta({ id: 'EnrollmentRequestSpec', description: 'The facts that a device states when it asks to enroll.' });
export type EnrollmentRequestSpec = z.infer<typeof enrollmentRequestSpecSchema>;

const approvalFields = {
  approved: z.boolean(),
  labels: labelsSchema.optional(),
  replaceLabels: z
    .boolean()
    .optional()
    .meta({ description: "True if these labels replace the device's own instead of adding to them." }),
};

export const enrollmentRequestApprovalSchema = z
  .looseObject(approvalFields)
  .meta({ id: 'EnrollmentRequestApproval', description: "A person's answer to a device that wants to enroll." });
export type EnrollmentRequestApproval = z.infer<typeof enrollmentRequestApprovalSchema>;

export const enrollmentRequestApprovalStatusSchema = z
  .looseObject({ ...approvalFields, approvedBy: z.string(), approvedAt: timestampSchema })
  .meta({
    id: 'EnrollmentRequestApprovalStatus',
    description: 'The answer, with the person who gave it and its time.',
  });
export type EnrollmentRequestApprovalStatus = z.infer<typeof enrollmentRequestApprovalStatusSchema>;

const enrollmentRequestStatusSchema = z
  .looseObject({
    certificate: z.string().optional().meta({ description: 'The certificate that was signed, in PEM.' }),
    conditions: z.array(conditionSchema),
    approval: enrollmentRequestApprovalStatusSchema.optional(),
  })
  .meta({ id: 'EnrollmentRequestStatus', description: 'The outcome of the request.' });

/** An enrollment request in answers. */
export const enrollmentRequestSchema = z
  .looseObject({
    apiVersion: apiVersionSchema,
    kind: z.literal('EnrollmentRequest'),
    metadata: objectMetaSchema,
    spec: enrollmentRequestSpecSchema,
    status: enrollmentRequestStatusSchema.optional(),
  })
  .meta({ id: 'EnrollmentRequest', description: 'A device that wants to join, until a person has answered.' });
export type EnrollmentRequest = z.infer<typeof enrollmentRequestSchema>;

/** An enrollment request as a device or a person sends it. The request may hold a status, which is ignored. */
export const enrollmentRequestRequestSchema = z
  .looseObject({
    apiVersion: apiVersionSchema,
    kind: z.enum(['EnrollmentRequest', '']),
    metadata: objectMetaSchema,
    spec: enrollmentRequestSpecSchema,
    status: z.unknown().optional().meta({ description: 'Ignored: the service sets it.' }),
  })
  .meta({
    id: 'EnrollmentRequestSubmission',
    description: 'An enrollment request to create, or to replace an existing one with.',
  });
export type EnrollmentRequestRequest = z.infer<typeof enrollmentRequestRequestSchema>;

export const enrollmentRequestListSchema = z
  .looseObject({
    apiVersion: apiVersionSchema,
    kind: z.literal('EnrollmentRequestList'),
    metadata: listMetaSchema,
    items: z.array(enrollmentRequestSchema),
  })
  .meta({ id: 'EnrollmentRequestList', description: 'A page of enrollment requests.' });
