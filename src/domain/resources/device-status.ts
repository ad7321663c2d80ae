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
const lastSeen = timestampSchema.optional().meta({ description: "Time of the device's last sign of life." });

/**
 * The status in answers: complete, as the contract demands. Other keys that a device reported are left out, because the
 * contract allows none.
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
    description: 'The known state of a device. The device itself may have moved on.',
  });
export type DeviceStatus = z.infer<typeof deviceStatusSchema>;

/**
 * A status as a device reports it: parts and members of parts may be missing, and keys that Muster does not know are kept.
 * Values must have the right type, and items of lists must be complete.
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
  .meta({ id: 'ReportedDeviceStatus', description: 'The status that a device reports, as far as it knows it.' });
export type ReportedDeviceStatus = z.infer<typeof reportedDeviceStatusSchema>;

/**
 * Completes a reported status: missing parts become unknown, empty or absent. Every status that {@link
 * reportedDeviceStatusSchema} accepts becomes one that {@link deviceStatusSchema} accepts. The caller puts Muster's own
 * knowledge (the gate, the lifecycle) over it.
 */
export function completeDeviceStatus(reported: ReportedDeviceStatus): DeviceStatus {
  const { systemInfo, applicationsSummary, resources, integrity, config, os, updated, summary, lifecycle } = reported;
  return {
    ...reported,
    conditions: reported.conditions ?? [],
    // Its type cannot say that a text under any other name is never undefined. Each of a page of devices passes here, so it is not
    // checked a second time.
    systemInfo: {
      ...systemInfo,
      architecture: systemInfo?.architecture ?? '',
      bootID: systemInfo?.bootID ?? '',
      operatingSystem: systemInfo?.operatingSystem ?? '',
      agentVersion: systemInfo?.agentVersion ?? '',
    } as DeviceStatus['systemInfo'],
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
