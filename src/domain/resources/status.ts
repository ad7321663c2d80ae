import { z } from 'zod';
import { apiVersionSchema } from './api-version.ts';

export const statusSchema = z
  .looseObject({
    apiVersion: apiVersionSchema,
    kind: z.literal('Status'),
    status: z.enum(['Success', 'Failure']),
    code: z.int().meta({ description: 'The HTTP status of the answer.' }),
    reason: z.string().meta({ description: 'The reason, as one word for programs.' }),
    message: z.string().meta({ description: 'The message for people.' }),
  })
  .meta({ id: 'Status', description: 'The answer if there is no other object to return; every error is one.' });
