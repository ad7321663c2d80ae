import { z } from 'zod';
import { musterApiVersionSchema } from './api-version.ts';
import { patchOperationSchema } from './patch-request.ts';
import { conflictVerdictSchema, positionSchema } from './position.ts';
import { timestampSchema } from './timestamp.ts';

const specDifferenceSchema = z
  .object({
    patch: z.array(patchOperationSchema).meta({
      description:
        'Turns the spec that the device runs into the one that it would be sent. Secrets are masked in both.',
    }),
    text: z.string().meta({ description: 'The same as a unified diff of YAML.' }),
    removes: z.array(z.string()).meta({ description: 'Things that the device would lose, such as `file /etc/motd`.' }),
  })
  .meta({ id: 'SpecDifference', description: 'Changes on the device if it is resumed.' });

export const deviceConflictSchema = z
  .object({
    apiVersion: musterApiVersionSchema,
    kind: z.literal('DeviceConflict'),
    metadata: z.object({ name: z.string().meta({ description: 'The device.' }) }),
    verdict: conflictVerdictSchema,
    info: z.string().meta({ description: 'The reason, for people: both positions as far as they matter.' }),
    since: timestampSchema.meta({ description: 'Time at which the conflict was found.' }),
    server: positionSchema.meta({ description: 'The position that the server expects of the device.' }),
    reported: positionSchema.nullable().meta({ description: 'The position that the device reported.' }),
    partedAt: z
      .object({ timeline: z.string(), renderedVersion: z.string() })
      .nullable()
      .meta({ description: 'The last position that both histories share; null if it cannot be known.' }),
    nothingToSend: z.boolean().meta({
      description: 'The server has no spec for the device: resuming sends nothing, and the device keeps what it runs.',
    }),
    specProblem: z.string().nullable().meta({
      description: 'The reason why the spec cannot be rendered, so that resuming sends nothing; null if it can be.',
    }),
    difference: specDifferenceSchema.nullable().meta({
      description:
        'The changes that resuming would make; null if nothing would be sent, or while the device has not sent the spec that it runs.',
    }),
  })
  .meta({
    id: 'DeviceConflict',
    description: 'The reason why a device is paused, and the facts for a person to decide.',
  });
export type DeviceConflict = z.infer<typeof deviceConflictSchema>;
