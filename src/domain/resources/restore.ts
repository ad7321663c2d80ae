import { z } from 'zod';
import { musterApiVersionSchema } from './api-version.ts';
import { limits } from './limits.ts';
import { listMetaSchema } from './list-meta.ts';
import { timestampSchema } from './timestamp.ts';

export const restoreBackupSchema = z
  .strictObject({
    artifact: z.string().min(1).max(limits.artifactLength).optional().meta({ description: 'The place of the backup.' }),
    sha256: z
      .string()
      .max(64, { abort: true })
      .regex(/^[0-9A-Fa-f]{64}$/, 'expected a SHA-256 in 64 hexadecimal digits')
      .optional()
      .meta({ description: 'Checksum of the backup.' }),
    takenAt: timestampSchema.optional().meta({ description: 'Time at which the backup was made: the recovery point.' }),
  })
  .meta({ id: 'RestoreBackup', description: 'The backup that the database now holds.' });
export type RestoreBackup = z.infer<typeof restoreBackupSchema>;

export const restoreRequestSchema = z
  .strictObject({
    reason: z
      .string()
      .max(limits.reasonLength)
      .optional()
      .meta({ description: 'The reason why the backup was restored.' }),
    backup: restoreBackupSchema.optional(),
  })
  .meta({ id: 'RestoreRequest', description: 'Declares that the database now holds a backup.' });

const devices = z.int().nonnegative();

export const restoreDevicesSchema = z
  .object({
    total: devices.meta({ description: 'Devices that take part: all except decommissioning and decommissioned ones.' }),
    awaitingReconnect: devices.meta({ description: 'Those that have not answered yet.' }),
    answered: devices,
    inSync: devices.meta({ description: 'Those that answered with the position that the server had for them.' }),
    behind: devices.meta({ description: 'Those that answered with an older position.' }),
    conflictPaused: devices.meta({ description: 'Those that are paused now.' }),
    resumed: devices.meta({ description: 'Conflicts in which the restored spec won.' }),
    adopted: devices.meta({ description: "Conflicts in which the device's own spec won." }),
  })
  .meta({ id: 'RestoreDeviceCounts', description: 'Number of devices in each state of the muster.' });

const seconds = z.number().nonnegative().nullable();

const restoreReconnectSchema = z.object({ p50Seconds: seconds, p95Seconds: seconds, p99Seconds: seconds }).meta({
  id: 'RestoreReconnectTimes',
  description: 'Time after which this percentage of the devices had answered; null until then.',
});

export const restoreSpecSchema = z
  .object({
    reason: z.string().optional(),
    backup: restoreBackupSchema.optional(),
    declaredBy: z.string().meta({ description: 'The person or tool that declared it.' }),
    previous: z.uuid().nullable().meta({ description: 'The restore before this one.' }),
  })
  .meta({ id: 'RestoreSpec', description: 'The declaration, and the person or tool that made it.' });

export const restorePhaseSchema = z.enum(['Mustering', 'Settled', 'Superseded']).meta({
  id: 'RestorePhase',
  description: 'Mustering while a device is awaited or paused, then Settled; Superseded by a later restore.',
});
export type RestorePhase = z.infer<typeof restorePhaseSchema>;

const restoreJournalSchema = z
  .object({
    lostPositions: devices.meta({
      description: 'Versions that were rendered for devices and are not in the database.',
    }),
    lostDocuments: devices.meta({
      description: 'Resources that people edited, made or deleted, which is not in the database.',
    }),
    unreadable: devices.meta({ description: 'Lines and files of the journal that could not be read.' }),
    problem: z.string().nullable().meta({ description: 'Why it was not read to its end; null where it was.' }),
  })
  .meta({
    id: 'RestoreJournal',
    description: 'Findings in the journal at the declaration. Absent where none was kept.',
  });

const restoreStatusSchema = z
  .object({
    phase: restorePhaseSchema,
    devices: restoreDevicesSchema,
    firstAnswerAt: timestampSchema.nullable(),
    lastAnswerAt: timestampSchema.nullable(),
    settledAt: timestampSchema.nullable(),
    reconnect: restoreReconnectSchema,
    journal: restoreJournalSchema.optional(),
  })
  .meta({ id: 'RestoreStatus', description: 'The progress of the muster.' });

export const restoreMetaSchema = z
  .object({ name: z.uuid(), creationTimestamp: timestampSchema.meta({ description: 'Time of the declaration.' }) })
  .meta({ id: 'RestoreMeta', description: 'The id of a restore, which is also that of its timeline.' });

export const restoreSchema = z
  .object({
    apiVersion: musterApiVersionSchema,
    kind: z.literal('Restore'),
    metadata: restoreMetaSchema,
    spec: restoreSpecSchema,
    status: restoreStatusSchema,
  })
  .meta({ id: 'Restore', description: 'A declared event: the database now holds a backup. It starts a new timeline.' });
export type Restore = z.infer<typeof restoreSchema>;

export const restoreListSchema = z
  .object({
    apiVersion: musterApiVersionSchema,
    kind: z.literal('RestoreList'),
    metadata: listMetaSchema,
    items: z.array(restoreSchema),
  })
  .meta({ id: 'RestoreList', description: 'A page of restores, newest first.' });
