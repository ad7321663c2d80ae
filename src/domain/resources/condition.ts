import { z } from 'zod';
import { timestampSchema } from './timestamp.ts';

const conditionStatusSchema = z
  .enum(['True', 'False', 'Unknown'])
  .meta({ id: 'ConditionStatus', description: 'Whether what the condition says is so.' });

const conditionTypeSchema = z
  .enum([
    'Approved',
    'TPMVerified',
    'Denied',
    'Failed',
    'Accessible',
    'ResourceParsed',
    'Synced',
    'Valid',
    'RolloutInProgress',
    'Updating',
    'SpecValid',
    'MultipleOwners',
    'DeviceDecommissioning',
  ])
  .meta({ id: 'ConditionType', description: 'What the condition is about.' });

export const conditionSchema = z
  .looseObject({
    type: conditionTypeSchema,
    status: conditionStatusSchema,
    observedGeneration: z.int().optional().meta({ description: 'The generation that was looked at.' }),
    lastTransitionTime: timestampSchema.meta({ description: 'When the status last changed.' }),
    reason: z.string().meta({ description: 'Why, as one word for programs.' }),
    message: z.string().meta({ description: 'Why, for people.' }),
  })
  .meta({ id: 'Condition', description: 'One thing observed of an object, and since when it has been so.' });
export type Condition = z.infer<typeof conditionSchema>;
