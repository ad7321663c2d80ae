import { z } from 'zod';
import { musterApiVersionSchema } from './api-version.ts';
import { lostDocumentSchema } from './lost-document.ts';
import { conflictVerdictSchema, positionSchema } from './position.ts';
import { restoreDevicesSchema, restoreMetaSchema, restorePhaseSchema, restoreSpecSchema } from './restore.ts';
import { timestampSchema } from './timestamp.ts';

const seconds = z.number().nonnegative().nullable();

const reportedConflictSchema = z
  .object({
    device: z.string(),
    verdict: conflictVerdictSchema,
    info: z.string().meta({ description: 'The reason, for people: both positions as far as they matter.' }),
    since: timestampSchema,
    reported: positionSchema.nullable().meta({ description: 'The position that the device reported.' }),
    resolution: z
      .enum(['Resumed', 'Adopted', 'WrittenOff'])
      .nullable()
      .meta({ description: 'The way in which it ended; null while the device is paused.' }),
    resolvedAt: timestampSchema.nullable(),
    resolvedBy: z.string().nullable(),
    reason: z.string().nullable().meta({ description: 'The reason that was given for the decision.' }),
  })
  .meta({
    id: 'RestoreReportConflict',
    description: 'A device whose position differed from the expected one, and the decision.',
  });

const absentDeviceSchema = z
  .object({
    device: z.string(),
    lastSeen: timestampSchema
      .nullable()
      .meta({ description: 'Time of its last sign of life; null if there was none.' }),
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
      .meta({ description: 'Age of the backup when the restore was declared.' }),
    recoveryTime: z
      .object({ p50Seconds: seconds, p95Seconds: seconds, p99Seconds: seconds, p100Seconds: seconds })
      .meta({ description: 'Time after which this percentage of the devices had answered; null until then.' }),
    conflicts: z.array(reportedConflictSchema),
    lost: z.array(lostDocumentSchema).optional().meta({
      description: 'Edits that the database did not know, and which of them were put back. Absent without a journal.',
    }),
    absent: z.array(absentDeviceSchema).meta({ description: 'Devices that have not come back, longest absent first.' }),
  })
  .meta({ id: 'RestoreReport', description: 'The record of a recovery.' });
export type RestoreReport = z.infer<typeof restoreReportSchema>;
