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
  .meta({ id: 'ApplicationStatusType', description: 'The state of an application.' });

const applicationVolumeStatusSchema = z
  .looseObject({ name: z.string(), reference: z.string().meta({ description: 'The image that fills the volume.' }) })
  .meta({ id: 'ApplicationVolumeStatus', description: 'The content of a volume.' });

export const deviceApplicationStatusSchema = z
  .looseObject({
    name: z.string(),
    ready: z.string().meta({ description: 'Number of its containers that are ready.' }),
    restarts: z.int(),
    status: applicationStatusTypeSchema,
    embedded: z.boolean().meta({ description: 'It came with the OS image.' }),
    appType: appTypeSchema,
    runAs: z.string().optional(),
    volumes: z.array(applicationVolumeStatusSchema).max(limits.volumeCount).optional(),
  })
  .meta({ id: 'DeviceApplicationStatus', description: 'The state of one application of the device.' });

const dependencySyncConfigRefStatusSchema = z
  .looseObject({
    configProviderName: z.string(),
    fingerprint: z.string().optional().meta({ description: 'Identifies the content of the source.' }),
    lastUpdatedAt: timestampSchema.optional().meta({ description: 'Time at which that content last changed.' }),
  })
  .meta({ id: 'DependencySyncConfigRefStatus', description: 'The content of a config provider at the last render.' });

export const dependencySyncStatusSchema = z
  .object({ configRefs: z.array(dependencySyncConfigRefStatusSchema).max(limits.configReferenceCount).optional() })
  .meta({ id: 'DependencySyncStatus', description: 'The content of the sources outside the spec at the last render.' });

export const osModeTypeSchema = z
  .enum(['image', 'package'])
  .meta({ id: 'OsModeType', description: 'The way in which the OS is updated: as an image, or by packages.' });

export const deviceCapabilitiesSchema = z
  .object({ osMode: osModeTypeSchema.optional() })
  .meta({ id: 'DeviceCapabilities', description: 'The capabilities of the device and its agent.' });
