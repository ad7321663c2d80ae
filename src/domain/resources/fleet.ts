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
  description: 'What the devices of a fleet should be. Templates in it are filled in for each.',
});

const fleetSpecSchema = z
  .strictObject({
    selector: labelSelectorSchema.optional(),
    rolloutPolicy: rolloutPolicySchema.optional(),
    template: fleetTemplateSchema,
  })
  .meta({ id: 'FleetSpec', description: 'Which devices make up the fleet, and what they should be.' });
export type FleetSpec = z.infer<typeof fleetSpecSchema>;

const fleetRolloutStatusSchema = z
  .looseObject({ currentBatch: z.int().optional().meta({ description: 'The batch that is being updated.' }) })
  .meta({ id: 'FleetRolloutStatus', description: 'How far a rollout is.' });

const fleetStatusSchema = z
  .strictObject({
    rollout: fleetRolloutStatusSchema.optional(),
    conditions: z.array(conditionSchema),
    devicesSummary: devicesSummarySchema.optional(),
  })
  .meta({ id: 'FleetStatus', description: 'What is known of the state of a fleet.' });

/** A fleet as it is answered. */
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

/** A fleet in a request to create or replace one. Its status may come along but says nothing. */
export const fleetRequestSchema = z
  .strictObject({
    apiVersion: apiVersionSchema,
    kind: z.enum(['Fleet', '']),
    metadata: objectMetaSchema,
    spec: fleetSpecSchema,
    status: z.unknown().optional().meta({ description: 'Ignored: the service works it out.' }),
  })
  .meta({ id: 'FleetRequest', description: 'A fleet to create, or to put in the place of one.' });
export type FleetRequest = z.infer<typeof fleetRequestSchema>;

export const fleetListSchema = z
  .looseObject({
    apiVersion: apiVersionSchema,
    kind: z.literal('FleetList'),
    metadata: listMetaSchema,
    items: z.array(fleetSchema),
  })
  .meta({ id: 'FleetList', description: 'A page of fleets.' });
