import { z } from 'zod';
import { labelSelectorSchema } from './label-selector.ts';
import { limits } from './limits.ts';
import { durationSchema } from './update-policy.ts';

const percentageSchema = z
  .string()
  .regex(/^(?:100|[1-9]?[0-9])%$/, 'expected a percentage from 0% to 100%')
  .meta({ id: 'Percentage', description: 'A whole number from 0 to 100, and a percent sign.' });

const disruptionBudgetSchema = z
  .looseObject({
    groupBy: z
      .array(
        z
          .string()
          .max(limits.textLength, { abort: true })
          .regex(/^([A-Za-z0-9][-A-Za-z0-9_/.]*)?[A-Za-z0-9]$/, 'expected a label key'),
      )
      .max(limits.groupByCount)
      .optional()
      .meta({ description: 'Labels whose values divide the devices into groups, each with its own budget.' }),
    minAvailable: z.int().min(1).optional().meta({ description: 'Number of devices that must stay available.' }),
    maxUnavailable: z.int().min(1).optional().meta({ description: 'Number of devices that may be unavailable.' }),
  })
  .meta({ id: 'DisruptionBudget', description: 'Number of devices that a rollout may disturb at once.' });

const batchSchema = z
  .looseObject({
    selector: labelSelectorSchema.optional(),
    successThreshold: percentageSchema.optional(),
    limit: z
      .union([percentageSchema, z.int().min(1)])
      .optional()
      .meta({ description: 'The most devices in the batch: a number, or a share of the fleet.' }),
  })
  .meta({ id: 'Batch', description: 'Devices that are updated together.' });

const batchSequenceSchema = z
  .looseObject({
    strategy: z.literal('BatchSequence'),
    sequence: z.array(batchSchema).min(1).max(limits.batchCount).optional(),
  })
  .meta({ id: 'BatchSequence', description: 'Batches that are updated one after the other.' });

const rolloutDeviceSelectionSchema = z.discriminatedUnion('strategy', [batchSequenceSchema]).meta({
  id: 'RolloutDeviceSelection',
  description: 'The order in which devices are updated; `strategy` says how it is given.',
});

export const rolloutPolicySchema = z
  .looseObject({
    disruptionBudget: disruptionBudgetSchema.optional(),
    deviceSelection: rolloutDeviceSelectionSchema.optional(),
    successThreshold: percentageSchema.optional(),
    defaultUpdateTimeout: durationSchema.optional(),
  })
  .meta({
    id: 'RolloutPolicy',
    description:
      'The way in which a change of the template should reach the devices of a fleet. Kept but not followed: a change goes to all devices at once.',
  });
