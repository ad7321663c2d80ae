import { z } from 'zod';
import { appTypeSchema } from './applications.ts';
import { limits } from './limits.ts';
import { timestampSchema } from './timestamp.ts';

export const systemdUnitStatusSchema = z
  .looseObject({
    unit: z.string(),
    description: z.string().max(2048),
    enableState: z.enum([
      'enabled',
      'enabled-runtime',
      'linked',
      'linked-runtime',
      'alias',
      'masked',
      'masked-runtime',
      'static',
      'disabled',
      'indirect',
      'generated',
      'transient',
      'bad',
      'unknown',
      '',
    ]),
    loadState: z.enum(['stub', 'loaded', 'not-found', 'bad-setting', 'error', 'merged', 'masked', 'unknown']),
    activeState: z.enum([
      'active',
      'reloading',
      'inactive',
      'failed',
      'activating',
      'deactivating',
      'maintenance',
      'refreshing',
      'unknown',
    ]),
    subState: z
      .string()
      .max(64, { abort: true })
      .regex(/^[a-z0-9-]+$/, 'expected lower-case letters, digits and "-"'),
  })
  .meta({ id: 'SystemdUnitStatus', description: "A systemd unit's state, in systemd's own words." });

const applicationStatusTypeSchema = z
  .enum(['Preparing', 'Starting', 'Running', 'Error', 'Unknown', 'Completed', 'Stopped', 'Stopping'])
  .meta({ id: 'ApplicationStatusType', description: 'How an application is.' });

const applicationVolumeStatusSchema = z
  .looseObject({ name: z.string(), reference: z.string().meta({ description: 'The image that fills the volume.' }) })
  .meta({ id: 'ApplicationVolumeStatus', description: 'What a volume holds.' });

export const deviceApplicationStatusSchema = z
  .looseObject({
    name: z.string(),
    ready: z.string().meta({ description: 'How many of its containers are ready.' }),
    restarts: z.int(),
    status: applicationStatusTypeSchema,
    embedded: z.boolean().meta({ description: 'It came with the OS image.' }),
    appType: appTypeSchema,
    runAs: z.string().optional(),
    volumes: z.array(applicationVolumeStatusSchema).max(limits.volumeCount).optional(),
  })
  .meta({ id: 'DeviceApplicationStatus', description: 'How one application of the device is.' });

const dependencySyncConfigRefStatusSchema = z
  .looseObject({
    configProviderName: z.string(),
    fingerprint: z.string().optional().meta({ description: 'Tells one content of the source from another.' }),
    lastUpdatedAt: timestampSchema.optional().meta({ description: 'When that content last changed.' }),
  })
  .meta({ id: 'DependencySyncConfigRefStatus', description: 'What a config provider gave at the last render.' });

export const dependencySyncStatusSchema = z
  .object({ configRefs: z.array(dependencySyncConfigRefStatusSchema).max(limits.configReferenceCount).optional() })
  .meta({ id: 'DependencySyncStatus', description: 'What the sources outside the spec gave at the last render.' });

export const osModeTypeSchema = z
  .enum(['image', 'package'])
  .meta({ id: 'OsModeType', description: 'Whether the OS is replaced as an image or managed by packages.' });

export const deviceCapabilitiesSchema = z
  .object({ osMode: osModeTypeSchema.optional() })
  .meta({ id: 'DeviceCapabilities', description: 'What the agent of the device can do.' });
