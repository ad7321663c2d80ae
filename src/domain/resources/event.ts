import { z } from 'zod';
import { apiVersionSchema } from './api-version.ts';
import {
  applicationLifecycleChangedDetailsSchema,
  dependencyChangeDetectedDetailsSchema,
  dependencySyncProbeFailedDetailsSchema,
  deviceMultipleOwnersDetectedDetailsSchema,
  deviceMultipleOwnersResolvedDetailsSchema,
  deviceOwnershipChangedDetailsSchema,
  deviceVulnerabilityCveDetailsSchema,
  fleetRolloutBatchCompletedDetailsSchema,
  fleetRolloutBatchDispatchedDetailsSchema,
  fleetRolloutCompletedDetailsSchema,
  fleetRolloutDeviceSelectedDetailsSchema,
  fleetRolloutFailedDetailsSchema,
  fleetRolloutStartedDetailsSchema,
  musterDetailsSchema,
  referencedRepositoryUpdatedDetailsSchema,
  resourceSyncCompletedDetailsSchema,
  resourceUpdatedDetailsSchema,
} from './event-details.ts';
import { eventReasonSchema } from './event-reasons.ts';
import { listMetaSchema } from './list-meta.ts';
import { objectMetaSchema } from './object-meta.ts';

const objectReferenceSchema = z
  .looseObject({ kind: z.string(), name: z.string() })
  .meta({ id: 'ObjectReference', description: 'Names an object.' });

const eventSourceSchema = z
  .looseObject({ component: z.string() })
  .meta({ id: 'EventSource', description: 'The part of the service that records the event.' });

const eventFields = {
  apiVersion: apiVersionSchema,
  kind: z.literal('Event'),
  metadata: objectMetaSchema,
  involvedObject: objectReferenceSchema,
  reason: eventReasonSchema,
  message: z.string().meta({ description: 'The message for people.' }),
  type: z.enum(['Normal', 'Warning']),
  source: eventSourceSchema,
  actor: z
    .string()
    .regex(/^(?:user|token|device|service):/, 'expected user:NAME, token:NAME, device:NAME or service:NAME')
    .meta({ description: 'The actor: user:NAME, token:NAME (a machine), device:NAME or service:NAME.' }),
};

/** An event in the details of another. Its own details are not checked, so that the schema is finite. */
const originalEventSchema = z
  .looseObject(eventFields)
  .meta({ id: 'OriginalEvent', description: 'The event that was being processed.' });

const internalTaskFailedDetailsSchema = z
  .looseObject({
    detailType: z.literal('InternalTaskFailed'),
    errorMessage: z.string(),
    retryCount: z.int().optional(),
    originalEvent: originalEventSchema,
  })
  .meta({ id: 'InternalTaskFailedDetails', description: 'Work that failed, and may be tried again.' });

const internalTaskPermanentlyFailedDetailsSchema = z
  .looseObject({
    detailType: z.literal('InternalTaskPermanentlyFailed'),
    errorMessage: z.string(),
    retryCount: z.int(),
    originalEvent: originalEventSchema,
  })
  .meta({ id: 'InternalTaskPermanentlyFailedDetails', description: 'Work that failed and was set aside.' });

const eventDetailsSchema = z
  .union([
    z.discriminatedUnion('detailType', [
      resourceUpdatedDetailsSchema,
      deviceOwnershipChangedDetailsSchema,
      deviceMultipleOwnersDetectedDetailsSchema,
      deviceMultipleOwnersResolvedDetailsSchema,
      internalTaskFailedDetailsSchema,
      internalTaskPermanentlyFailedDetailsSchema,
      resourceSyncCompletedDetailsSchema,
      referencedRepositoryUpdatedDetailsSchema,
      fleetRolloutStartedDetailsSchema,
      fleetRolloutFailedDetailsSchema,
      fleetRolloutCompletedDetailsSchema,
      fleetRolloutBatchDispatchedDetailsSchema,
      fleetRolloutBatchCompletedDetailsSchema,
      fleetRolloutDeviceSelectedDetailsSchema,
      deviceVulnerabilityCveDetailsSchema,
      dependencyChangeDetectedDetailsSchema,
      dependencySyncProbeFailedDetailsSchema,
      applicationLifecycleChangedDetailsSchema,
    ]),
    musterDetailsSchema,
  ])
  .meta({ id: 'EventDetails', description: 'More about an event; `detailType` says what.' });

export const eventSchema = z
  .looseObject({ ...eventFields, details: eventDetailsSchema.optional() })
  .meta({ id: 'Event', description: 'A record of something that happened: the object, the reason and the actor.' });
export type Event = z.infer<typeof eventSchema>;

export const eventListSchema = z
  .looseObject({
    apiVersion: apiVersionSchema,
    kind: z.literal('EventList'),
    metadata: listMetaSchema,
    items: z.array(eventSchema),
  })
  .meta({ id: 'EventList', description: 'A page of events.' });
export type EventList = z.infer<typeof eventListSchema>;
