import { z } from 'zod';
import { musterApiVersionSchema } from './api-version.ts';
import { conflictVerdictSchema, positionSchema } from './position.ts';
import { restoreDevicesSchema, restoreMetaSchema, restorePhaseSchema, restoreSpecSchema } from './restore.ts';
import { timestampSchema } from './timestamp.ts';

const seconds = z.number().nonnegative().nullable();

const reportedConflictSchema = z
  .object({
    device: z.string(),
    verdict: conflictVerdictSchema,
    info: z.string().meta({ description: 'Why, for people: both positions as far as they matter.' }),
    since: timestampSchema,
    reported: positionSchema.nullable().meta({ description: 'Where the device was.' }),
    resolution: z
      .enum(['Resumed', 'Adopted', 'WrittenOff'])
      .nullable()
      .meta({ description: 'How it ended; null while the device is paused.' }),
    resolvedAt: timestampSchema.nullable(),
    resolvedBy: z.string().nullable(),
    reason: z.string().nullable().meta({ description: 'The reason that was given for it.' }),
  })
  .meta({
    id: 'RestoreReportConflict',
    description: 'A device that was not where the server believed, and what was decided.',
  });

const absentDeviceSchema = z
  .object({
    device: z.string(),
    lastSeen: timestampSchema.nullable().meta({ description: 'When it was last heard of; null if never.' }),
  })
  .meta({ id: 'AbsentDevice', description: 'A device that has not answered.' });

export const restoreReportSchema = z
  .object({
    apiVersion: musterApiVersionSchema,
    kind: z.literal('RestoreReport'),
    metadata: restoreMetaSchema,
    spec: restoreSpecSchema,
    phase: restorePhaseSchema,
    settledAt: timestampSchema.nullable(),
    devices: restoreDevicesSchema,
    recoveryPoint: z
      .object({ takenAt: timestampSchema.nullable(), ageSeconds: seconds })
      .meta({ description: 'How old the backup was when the restore was declared.' }),
    recoveryTime: z
      .object({ p50Seconds: seconds, p95Seconds: seconds, p99Seconds: seconds, p100Seconds: seconds })
      .meta({ description: 'After how long so many percent of the devices had answered; null until then.' }),
    conflicts: z.array(reportedConflictSchema),
    absent: z.array(absentDeviceSchema).meta({ description: 'Who has not come back, longest absent first.' }),
  })
  .meta({ id: 'RestoreReport', description: 'The record of a recovery.' });
export type RestoreReport = z.infer<typeof restoreReportSchema>;
