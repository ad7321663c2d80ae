import { z } from 'zod';
import { musterApiVersionSchema } from './api-version.ts';
import { patchOperationSchema } from './patch-request.ts';
import { conflictVerdictSchema, positionSchema } from './position.ts';
import { timestampSchema } from './timestamp.ts';

const specDifferenceSchema = z
  .object({
    patch: z
      .array(patchOperationSchema)
      .meta({ description: 'Turns what the device runs into what it would be sent. Secrets are masked in both.' }),
    text: z.string().meta({ description: 'The same as a unified diff of YAML.' }),
    removes: z.array(z.string()).meta({ description: 'What the device would lose, such as `file /etc/motd`.' }),
  })
  .meta({ id: 'SpecDifference', description: 'What resuming would change on the device.' });

export const deviceConflictSchema = z
  .object({
    apiVersion: musterApiVersionSchema,
    kind: z.literal('DeviceConflict'),
    metadata: z.object({ name: z.string().meta({ description: 'The device.' }) }),
    verdict: conflictVerdictSchema,
    info: z.string().meta({ description: 'Why, for people: both positions as far as they matter.' }),
    since: timestampSchema.meta({ description: 'When the conflict was found.' }),
    server: positionSchema.meta({ description: 'Where the server believes the device is.' }),
    reported: positionSchema.nullable().meta({ description: 'Where the device says it is.' }),
    partedAt: z
      .object({ timeline: z.string(), renderedVersion: z.string() })
      .nullable()
      .meta({ description: 'The last position that both histories have; null where that cannot be told.' }),
    nothingToSend: z.boolean().meta({
      description: 'No spec for the device is here: resuming sends nothing, and the device keeps what it runs.',
    }),
    specProblem: z
      .string()
      .nullable()
      .meta({ description: 'Why the spec here cannot be rendered, so that resuming sends nothing; null if it can.' }),
    difference: specDifferenceSchema.nullable().meta({
      description:
        'What resuming would change; null if nothing would be sent, or while the device has not sent the spec it runs.',
    }),
  })
  .meta({ id: 'DeviceConflict', description: 'Why a device is paused, and what a person has to decide.' });
export type DeviceConflict = z.infer<typeof deviceConflictSchema>;
