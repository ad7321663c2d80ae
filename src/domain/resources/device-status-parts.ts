import { z } from 'zod';
import { limits } from './limits.ts';
import { atMostEntries } from './object-rules.ts';
import { timestampSchema } from './timestamp.ts';

const info = z.string().optional().meta({ description: 'Why, for people.' });

export const deviceSummaryStatusTypeSchema = z
  .enum(['Online', 'Degraded', 'Error', 'Rebooting', 'PoweredOff', 'Unknown', 'AwaitingReconnect', 'ConflictPaused'])
  .meta({ id: 'DeviceSummaryStatusType', description: 'How the device is; the last two, what Muster waits for.' });
export type DeviceSummaryStatusType = z.infer<typeof deviceSummaryStatusTypeSchema>;

export const deviceSummaryStatusSchema = z
  .looseObject({ status: deviceSummaryStatusTypeSchema, info })
  .meta({ id: 'DeviceSummaryStatus', description: 'How the device as a whole is.' });
export type DeviceSummaryStatus = z.infer<typeof deviceSummaryStatusSchema>;

export const deviceUpdatedStatusTypeSchema = z
  .enum(['UpToDate', 'OutOfDate', 'Updating', 'Unknown'])
  .meta({ id: 'DeviceUpdatedStatusType', description: 'Whether the device runs what it should.' });

export const deviceUpdatedStatusSchema = z
  .looseObject({ status: deviceUpdatedStatusTypeSchema, info })
  .meta({ id: 'DeviceUpdatedStatus', description: 'How far the device is with what it should run.' });
export type DeviceUpdatedStatus = z.infer<typeof deviceUpdatedStatusSchema>;

export const deviceLifecycleStatusTypeSchema = z
  .enum(['Unknown', 'Enrolled', 'Decommissioning', 'Decommissioned'])
  .meta({ id: 'DeviceLifecycleStatusType', description: 'Whether the device belongs to the fleet, or is leaving it.' });

export const deviceLifecycleStatusSchema = z.looseObject({ status: deviceLifecycleStatusTypeSchema, info }).meta({
  id: 'DeviceLifecycleStatus',
  description: 'Where the device is between enrolling and being decommissioned.',
});
export type DeviceLifecycleStatus = z.infer<typeof deviceLifecycleStatusSchema>;

export const applicationsSummaryStatusTypeSchema = z
  .enum(['Healthy', 'Degraded', 'Error', 'Unknown', 'NoApplications'])
  .meta({ id: 'ApplicationsSummaryStatusType', description: 'How the applications are, taken together.' });

export const deviceApplicationsSummaryStatusSchema = z
  .looseObject({ status: applicationsSummaryStatusTypeSchema, info })
  .meta({ id: 'DeviceApplicationsSummaryStatus', description: 'How the applications of the device are.' });
export type DeviceApplicationsSummaryStatus = z.infer<typeof deviceApplicationsSummaryStatusSchema>;

const deviceResourceStatusTypeSchema = z
  .enum(['Healthy', 'Warning', 'Critical', 'Error', 'Unknown'])
  .meta({ id: 'DeviceResourceStatusType', description: 'How much of a resource is left.' });

export const deviceResourceStatusSchema = z
  .looseObject({
    cpu: deviceResourceStatusTypeSchema,
    memory: deviceResourceStatusTypeSchema,
    disk: deviceResourceStatusTypeSchema,
  })
  .meta({ id: 'DeviceResourceStatus', description: 'How the resources that the device watches are.' });

const integrityStates = ['Verified', 'Failed', 'Unknown', 'Unsupported'] as const;

const deviceIntegrityCheckStatusSchema = z
  .looseObject({ status: z.enum(integrityStates), info })
  .meta({ id: 'DeviceIntegrityCheckStatus', description: 'What one check of integrity found.' });

export const deviceIntegrityStatusSchema = z
  .looseObject({
    status: z.enum(integrityStates),
    info,
    deviceIdentity: deviceIntegrityCheckStatusSchema.optional(),
    tpm: deviceIntegrityCheckStatusSchema.optional(),
    lastVerified: timestampSchema.optional().meta({ description: 'When integrity was last checked.' }),
  })
  .meta({ id: 'DeviceIntegrityStatus', description: 'Whether the device is what it says it is.' });

export const deviceConfigStatusSchema = z
  .looseObject({
    renderedVersion: z
      .string()
      .max(limits.positionTextLength)
      .meta({ description: 'The rendered version that the device has applied.' }),
  })
  .meta({ id: 'DeviceConfigStatus', description: 'What configuration the device runs.' });

export const deviceOsStatusSchema = z
  .looseObject({
    image: z.string().meta({ description: 'The OS image that the device runs.' }),
    imageDigest: z.string().meta({ description: 'The digest of that image.' }),
  })
  .meta({ id: 'DeviceOsStatus', description: 'What operating system the device runs.' });

const customDeviceInfoSchema = z
  .record(z.string(), z.string())
  .superRefine(atMostEntries(limits.customInfoCount))
  .meta({ id: 'CustomDeviceInfo', description: 'What the device was set up to say of itself.' });

export const deviceSystemInfoSchema = z
  .object({
    architecture: z.string(),
    bootID: z.string().meta({ description: 'Differs after each boot.' }),
    operatingSystem: z.string(),
    agentVersion: z.string(),
    customInfo: customDeviceInfoSchema.optional(),
  })
  .catchall(z.string())
  .meta({ id: 'DeviceSystemInfo', description: 'Facts about the device, each a text under a name of its own.' });
