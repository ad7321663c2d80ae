import { z } from 'zod';
import { limits } from './limits.ts';
import { atMostEntries } from './object-rules.ts';
import { timestampSchema } from './timestamp.ts';

const info = z.string().optional().meta({ description: 'Why, for people.' });

export const deviceSummaryStatusTypeSchema = z
  .enum(['Online', 'Degraded', 'Error', 'Rebooting', 'PoweredOff', 'Unknown', 'AwaitingReconnect', 'ConflictPaused'])
  .meta({
    id: 'DeviceSummaryStatusType',
    description: 'The state of the device; the last two say what Muster waits for.',
  });
export type DeviceSummaryStatusType = z.infer<typeof deviceSummaryStatusTypeSchema>;

export const deviceSummaryStatusSchema = z
  .looseObject({ status: deviceSummaryStatusTypeSchema, info })
  .meta({ id: 'DeviceSummaryStatus', description: 'The state of the device as a whole.' });
export type DeviceSummaryStatus = z.infer<typeof deviceSummaryStatusSchema>;

export const deviceUpdatedStatusTypeSchema = z
  .enum(['UpToDate', 'OutOfDate', 'Updating', 'Unknown'])
  .meta({ id: 'DeviceUpdatedStatusType', description: 'Says if the device runs its desired state.' });

export const deviceUpdatedStatusSchema = z
  .looseObject({ status: deviceUpdatedStatusTypeSchema, info })
  .meta({ id: 'DeviceUpdatedStatus', description: 'The progress of the device towards its desired state.' });
export type DeviceUpdatedStatus = z.infer<typeof deviceUpdatedStatusSchema>;

export const deviceLifecycleStatusTypeSchema = z
  .enum(['Unknown', 'Enrolled', 'Decommissioning', 'Decommissioned'])
  .meta({ id: 'DeviceLifecycleStatusType', description: 'Says if the device is in use, or is being decommissioned.' });

export const deviceLifecycleStatusSchema = z.looseObject({ status: deviceLifecycleStatusTypeSchema, info }).meta({
  id: 'DeviceLifecycleStatus',
  description: 'The stage of the device between enrolling and being decommissioned.',
});
export type DeviceLifecycleStatus = z.infer<typeof deviceLifecycleStatusSchema>;

export const applicationsSummaryStatusTypeSchema = z
  .enum(['Healthy', 'Degraded', 'Error', 'Unknown', 'NoApplications'])
  .meta({ id: 'ApplicationsSummaryStatusType', description: 'The state of all applications together.' });

export const deviceApplicationsSummaryStatusSchema = z
  .looseObject({ status: applicationsSummaryStatusTypeSchema, info })
  .meta({ id: 'DeviceApplicationsSummaryStatus', description: 'The state of the applications of the device.' });
export type DeviceApplicationsSummaryStatus = z.infer<typeof deviceApplicationsSummaryStatusSchema>;

const deviceResourceStatusTypeSchema = z
  .enum(['Healthy', 'Warning', 'Critical', 'Error', 'Unknown'])
  .meta({ id: 'DeviceResourceStatusType', description: 'The level of use of a resource.' });

export const deviceResourceStatusSchema = z
  .looseObject({
    cpu: deviceResourceStatusTypeSchema,
    memory: deviceResourceStatusTypeSchema,
    disk: deviceResourceStatusTypeSchema,
  })
  .meta({ id: 'DeviceResourceStatus', description: 'The state of the resources that the device monitors.' });

const integrityStates = ['Verified', 'Failed', 'Unknown', 'Unsupported'] as const;

const deviceIntegrityCheckStatusSchema = z
  .looseObject({ status: z.enum(integrityStates), info })
  .meta({ id: 'DeviceIntegrityCheckStatus', description: 'The result of one check of integrity.' });

export const deviceIntegrityStatusSchema = z
  .looseObject({
    status: z.enum(integrityStates),
    info,
    deviceIdentity: deviceIntegrityCheckStatusSchema.optional(),
    tpm: deviceIntegrityCheckStatusSchema.optional(),
    lastVerified: timestampSchema.optional().meta({ description: 'Time of the last check of integrity.' }),
  })
  .meta({ id: 'DeviceIntegrityStatus', description: 'Evidence that the device is what it claims to be.' });

export const deviceConfigStatusSchema = z
  .looseObject({
    renderedVersion: z
      .string()
      .max(limits.positionTextLength)
      .meta({ description: 'The rendered version that the device has applied.' }),
  })
  .meta({ id: 'DeviceConfigStatus', description: 'The configuration that the device runs.' });

export const deviceOsStatusSchema = z
  .looseObject({
    image: z.string().meta({ description: 'The OS image that the device runs.' }),
    imageDigest: z.string().meta({ description: 'The digest of that image.' }),
  })
  .meta({ id: 'DeviceOsStatus', description: 'The operating system that the device runs.' });

const customDeviceInfoSchema = z
  .record(z.string(), z.string())
  .superRefine(atMostEntries(limits.customInfoCount))
  .meta({ id: 'CustomDeviceInfo', description: 'Facts that the device is configured to report.' });

export const deviceSystemInfoSchema = z
  .object({
    architecture: z.string(),
    bootID: z.string().meta({ description: 'Differs after each boot.' }),
    operatingSystem: z.string(),
    agentVersion: z.string(),
    customInfo: customDeviceInfoSchema.optional(),
  })
  .catchall(z.string())
  .meta({ id: 'DeviceSystemInfo', description: 'Facts about the device, each a text under its own name.' });
