import { z } from 'zod';
import { timestampSchema } from './timestamp.ts';

const conditionStatusSchema = z
  .enum(['True', 'False', 'Unknown'])
  .meta({ id: 'ConditionStatus', description: 'True, False, or Unknown: says if the condition holds.' });

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
  .meta({ id: 'ConditionType', description: 'The subject of the condition.' });

export const conditionSchema = z
  .looseObject({
    type: conditionTypeSchema,
    status: conditionStatusSchema,
    observedGeneration: z.int().optional().meta({ description: 'The generation that was observed.' }),
    lastTransitionTime: timestampSchema.meta({ description: 'Time at which the status last changed.' }),
    reason: z.string().meta({ description: 'The reason, as one word for programs.' }),
    message: z.string().meta({ description: 'Why, for people.' }),
  })
  .meta({ id: 'Condition', description: 'One observation about an object, and the time since which it has held.' });
export type Condition = z.infer<typeof conditionSchema>;
