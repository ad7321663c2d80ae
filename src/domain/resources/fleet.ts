import { z } from 'zod';
import { apiVersionSchema } from './api-version.ts';
import { conditionSchema } from './condition.ts';
import { deviceSpecSchema } from './device-spec.ts';
import { devicesSummarySchema } from './devices-summary.ts';
import { labelSelectorSchema } from './label-selector.ts';
import { listMetaSchema } from './list-meta.ts';
import { objectMetaSchema, templateMetaSchema } from './object-meta.ts';
import { rolloutPolicySchema } from './rollout-policy.ts';

const fleetTemplateSchema = z.strictObject({ metadata: templateMetaSchema.optional(), spec: deviceSpecSchema }).meta({
  id: 'FleetTemplate',
  description: 'The desired state of the devices of a fleet. Templates in it are filled in for each device.',
});

const fleetSpecSchema = z
  .strictObject({
    selector: labelSelectorSchema.optional(),
    rolloutPolicy: rolloutPolicySchema.optional(),
    template: fleetTemplateSchema,
  })
  .meta({ id: 'FleetSpec', description: 'The devices that make up the fleet, and their desired state.' });
export type FleetSpec = z.infer<typeof fleetSpecSchema>;

const fleetRolloutStatusSchema = z
  .looseObject({ currentBatch: z.int().optional().meta({ description: 'The batch that is being updated.' }) })
  .meta({ id: 'FleetRolloutStatus', description: 'The progress of a rollout.' });

const fleetStatusSchema = z
  .strictObject({
    rollout: fleetRolloutStatusSchema.optional(),
    conditions: z.array(conditionSchema),
    devicesSummary: devicesSummarySchema.optional(),
  })
  .meta({ id: 'FleetStatus', description: 'The known state of a fleet.' });

/** A fleet in answers. */
export const fleetSchema = z
  .strictObject({
    apiVersion: apiVersionSchema,
    kind: z.literal('Fleet'),
    metadata: objectMetaSchema,
    spec: fleetSpecSchema,
    status: fleetStatusSchema.optional(),
  })
  .meta({ id: 'Fleet', description: 'Devices that are kept alike by one template.' });
export type Fleet = z.infer<typeof fleetSchema>;

/** A fleet in a request to create or replace one. The request may hold a status, which is ignored. */
export const fleetRequestSchema = z
  .strictObject({
    apiVersion: apiVersionSchema,
    kind: z.enum(['Fleet', '']),
    metadata: objectMetaSchema,
    spec: fleetSpecSchema,
    status: z.unknown().optional().meta({ description: 'Ignored: the service sets it.' }),
  })
  .meta({ id: 'FleetRequest', description: 'A fleet to create, or to replace an existing one with.' });
export type FleetRequest = z.infer<typeof fleetRequestSchema>;

export const fleetListSchema = z
  .looseObject({
    apiVersion: apiVersionSchema,
    kind: z.literal('FleetList'),
    metadata: listMetaSchema,
    items: z.array(fleetSchema),
  })
  .meta({ id: 'FleetList', description: 'A page of fleets.' });
