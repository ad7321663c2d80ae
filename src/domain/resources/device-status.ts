import { z } from 'zod';
import { conditionSchema } from './condition.ts';
import {
  dependencySyncStatusSchema,
  deviceApplicationStatusSchema,
  deviceCapabilitiesSchema,
  systemdUnitStatusSchema,
} from './device-status-items.ts';
import {
  deviceApplicationsSummaryStatusSchema,
  deviceConfigStatusSchema,
  deviceIntegrityStatusSchema,
  deviceLifecycleStatusSchema,
  deviceOsStatusSchema,
  deviceResourceStatusSchema,
  deviceSummaryStatusSchema,
  deviceSystemInfoSchema,
  deviceUpdatedStatusSchema,
} from './device-status-parts.ts';
import { limits } from './limits.ts';
import { timestampSchema } from './timestamp.ts';

const conditions = z.array(conditionSchema).max(limits.conditionCount);
const systemd = z.array(systemdUnitStatusSchema).max(limits.unitStatusCount);
const applications = z.array(deviceApplicationStatusSchema).max(limits.applicationCount);
const lastSeen = timestampSchema.optional().meta({ description: 'When the device was last heard of.' });

/**
 * The status as it is answered: whole, as the contract demands. Keys beside the contract's that a device reported are
 * left out of the answer, for the contract allows none.
 */
export const deviceStatusSchema = z
  .object({
    conditions,
    systemInfo: deviceSystemInfoSchema,
    systemd: systemd.optional(),
    applications,
    applicationsSummary: deviceApplicationsSummaryStatusSchema,
    resources: deviceResourceStatusSchema,
    integrity: deviceIntegrityStatusSchema,
    config: deviceConfigStatusSchema,
    os: deviceOsStatusSchema,
    updated: deviceUpdatedStatusSchema,
    summary: deviceSummaryStatusSchema,
    lastSeen,
    lifecycle: deviceLifecycleStatusSchema,
    dependencySync: dependencySyncStatusSchema.optional(),
    capabilities: deviceCapabilitiesSchema.optional(),
  })
  .meta({
    id: 'DeviceStatus',
    description: 'What is known of the state of a device. The device itself may be further on.',
  });
export type DeviceStatus = z.infer<typeof deviceStatusSchema>;

/**
 * A status as a device reports it: any part may be missing, and so may what a part says; keys that Muster does not know
 * are kept. What is there must be of the right type, and an item of a list must be whole.
 */
export const reportedDeviceStatusSchema = z
  .looseObject({
    conditions: conditions.optional(),
    systemInfo: deviceSystemInfoSchema.partial().optional(),
    systemd: systemd.optional(),
    applications: applications.optional(),
    applicationsSummary: deviceApplicationsSummaryStatusSchema.partial().optional(),
    resources: deviceResourceStatusSchema.partial().optional(),
    integrity: deviceIntegrityStatusSchema.partial().optional(),
    config: deviceConfigStatusSchema.partial().optional(),
    os: deviceOsStatusSchema.partial().optional(),
    updated: deviceUpdatedStatusSchema.partial().optional(),
    summary: deviceSummaryStatusSchema.partial().optional(),
    lastSeen,
    lifecycle: deviceLifecycleStatusSchema.partial().optional(),
    dependencySync: dependencySyncStatusSchema.loose().optional(),
    capabilities: deviceCapabilitiesSchema.loose().optional(),
  })
  .meta({ id: 'ReportedDeviceStatus', description: 'What a device says of itself: as much of a status as it knows.' });
export type ReportedDeviceStatus = z.infer<typeof reportedDeviceStatusSchema>;

/**
 * Makes a reported status whole: what the device did not say is unknown, empty or nothing. Every status that
 * {@link reportedDeviceStatusSchema} accepts becomes one that {@link deviceStatusSchema} accepts. What Muster itself knows
 * (the gate, the lifecycle) is for the caller to put over it.
 */
export function completeDeviceStatus(reported: ReportedDeviceStatus): DeviceStatus {
  const { systemInfo, applicationsSummary, resources, integrity, config, os, updated, summary, lifecycle } = reported;
  return {
    ...reported,
    conditions: reported.conditions ?? [],
    systemInfo: deviceSystemInfoSchema.parse({
      ...systemInfo,
      architecture: systemInfo?.architecture ?? '',
      bootID: systemInfo?.bootID ?? '',
      operatingSystem: systemInfo?.operatingSystem ?? '',
      agentVersion: systemInfo?.agentVersion ?? '',
    }),
    applications: reported.applications ?? [],
    applicationsSummary: { ...applicationsSummary, status: applicationsSummary?.status ?? 'Unknown' },
    resources: {
      ...resources,
      cpu: resources?.cpu ?? 'Unknown',
      memory: resources?.memory ?? 'Unknown',
      disk: resources?.disk ?? 'Unknown',
    },
    integrity: { ...integrity, status: integrity?.status ?? 'Unknown' },
    config: { ...config, renderedVersion: config?.renderedVersion ?? '' },
    os: { ...os, image: os?.image ?? '', imageDigest: os?.imageDigest ?? '' },
    updated: { ...updated, status: updated?.status ?? 'Unknown' },
    summary: { ...summary, status: summary?.status ?? 'Unknown' },
    lifecycle: { ...lifecycle, status: lifecycle?.status ?? 'Unknown' },
  };
}
