import { z } from 'zod';
import { limits } from './limits.ts';

/** The operations of RFC 6902 that Flight Control supports. */
export const patchOperationSchema = z
  .strictObject({
    op: z.enum(['add', 'replace', 'remove', 'test']),
    path: z
      .string()
      .max(limits.pathLength, { abort: true })
      .regex(/^(?:\/(?:[^~]|~[01])*)?$/, 'expected a JSON Pointer: nothing, or "/" and keys')
      .meta({ description: 'The place to change, as a JSON Pointer.' }),
    value: z
      .unknown()
      .optional()
      .meta({ description: 'The value to write or compare there. Every operation except remove needs it.' }),
  })
  .superRefine((operation, context) => {
    if (operation.op !== 'remove' && operation.value === undefined) {
      context.addIssue({ code: 'custom', path: ['value'], message: `expected a value to ${operation.op}` });
    }
  })
  .meta({ id: 'PatchOperation', description: 'One step of a patch.' });

export const patchRequestSchema = z
  .array(patchOperationSchema)
  .max(limits.patchOperationCount)
  .meta({ id: 'PatchRequest', description: 'A JSON Patch (RFC 6902): steps that are applied in order, all or none.' });
export type PatchRequest = z.infer<typeof patchRequestSchema>;
