import { z } from 'zod';

const owner = z.string().nullable().optional();
const templateVersion = z.string().meta({ description: 'The version of the template that is rolled out.' });
const batch = z.string().meta({ description: 'The batch within the rollout.' });

export const resourceUpdatedDetailsSchema = z
  .looseObject({
    detailType: z.literal('ResourceUpdated'),
    updatedFields: z.array(z.enum(['owner', 'labels', 'spec', 'spec.selector', 'spec.template'])),
    previousOwner: owner,
    newOwner: owner,
  })
  .meta({ id: 'ResourceUpdatedDetails', description: 'The parts that were changed.' });

export const deviceOwnershipChangedDetailsSchema = z
  .looseObject({ detailType: z.literal('DeviceOwnershipChanged'), previousOwner: owner, newOwner: owner })
  .meta({
    id: 'DeviceOwnershipChangedDetails',
    description: 'The fleet that the device left, and the one that it joined.',
  });

export const deviceMultipleOwnersDetectedDetailsSchema = z
  .looseObject({ detailType: z.literal('DeviceMultipleOwnersDetected'), matchingFleets: z.array(z.string()) })
  .meta({
    id: 'DeviceMultipleOwnersDetectedDetails',
    description: 'The fleets whose selectors all choose the device.',
  });

export const deviceMultipleOwnersResolvedDetailsSchema = z
  .looseObject({
    detailType: z.literal('DeviceMultipleOwnersResolved'),
    resolutionType: z.enum(['SingleMatch', 'NoMatch', 'FleetDeleted']),
    assignedOwner: owner,
    previousMatchingFleets: z.array(z.string()).optional(),
  })
  .meta({
    id: 'DeviceMultipleOwnersResolvedDetails',
    description: 'The way in which several matching fleets became one or none.',
  });

export const resourceSyncCompletedDetailsSchema = z
  .looseObject({
    detailType: z.literal('ResourceSyncCompleted'),
    commitHash: z.string(),
    changeCount: z.int(),
    errorCount: z.int(),
  })
  .meta({ id: 'ResourceSyncCompletedDetails', description: 'The result of a sync from a repository.' });

export const referencedRepositoryUpdatedDetailsSchema = z
  .looseObject({ detailType: z.literal('ReferencedRepositoryUpdated'), repository: z.string() })
  .meta({ id: 'ReferencedRepositoryUpdatedDetails', description: 'The repository that was changed.' });

export const fleetRolloutStartedDetailsSchema = z
  .looseObject({
    detailType: z.literal('FleetRolloutStarted'),
    templateVersion,
    rolloutStrategy: z.enum(['None', 'Batched']),
  })
  .meta({ id: 'FleetRolloutStartedDetails', description: 'A rollout that began.' });

export const fleetRolloutFailedDetailsSchema = z
  .looseObject({ detailType: z.literal('FleetRolloutFailed'), templateVersion })
  .meta({ id: 'FleetRolloutFailedDetails', description: 'A rollout that failed.' });

export const fleetRolloutCompletedDetailsSchema = z
  .looseObject({ detailType: z.literal('FleetRolloutCompleted'), templateVersion })
  .meta({ id: 'FleetRolloutCompletedDetails', description: 'A rollout that is done.' });

export const fleetRolloutBatchDispatchedDetailsSchema = z
  .looseObject({ detailType: z.literal('FleetRolloutBatchDispatched'), templateVersion, batch })
  .meta({ id: 'FleetRolloutBatchDispatchedDetails', description: 'A batch that was sent out.' });

export const fleetRolloutBatchCompletedDetailsSchema = z
  .looseObject({
    detailType: z.literal('FleetRolloutBatchCompleted'),
    templateVersion,
    batch,
    successPercentage: z.int(),
    total: z.int(),
    successful: z.int(),
    failed: z.int(),
    timedOut: z.int(),
  })
  .meta({ id: 'FleetRolloutBatchCompletedDetails', description: 'The results of the devices of a batch.' });

export const fleetRolloutDeviceSelectedDetailsSchema = z
  .looseObject({ detailType: z.literal('FleetRolloutDeviceSelected'), fleetName: z.string(), templateVersion })
  .meta({ id: 'FleetRolloutDeviceSelectedDetails', description: 'The rollout that the device takes part in.' });

export const deviceVulnerabilityCveDetailsSchema = z
  .looseObject({
    detailType: z.literal('DeviceVulnerabilityCVE'),
    cveId: z
      .string()
      .max(64, { abort: true })
      .regex(/^CVE-[0-9]{4}-[0-9]{4,}$/, 'expected a CVE identifier'),
    firstImageRef: z.string().optional(),
    firstImageDigest: z.string().optional(),
  })
  .meta({
    id: 'DeviceVulnerabilityCveDetails',
    description: 'A known vulnerability, and the image in which it was first seen.',
  });

export const dependencyChangeDetectedDetailsSchema = z
  .looseObject({
    detailType: z.literal('DependencyChangeDetected'),
    resourceKey: z.string(),
    fingerprint: z.string(),
  })
  .meta({ id: 'DependencyChangeDetectedDetails', description: 'A source outside the spec that has new content.' });

export const dependencySyncProbeFailedDetailsSchema = z
  .looseObject({ detailType: z.literal('DependencySyncProbeFailed'), resourceKey: z.string(), error: z.string() })
  .meta({
    id: 'DependencySyncProbeFailedDetails',
    description: 'A source outside the spec that could not be checked.',
  });

export const applicationLifecycleChangedDetailsSchema = z
  .looseObject({
    detailType: z.literal('ApplicationLifecycleChanged'),
    appName: z.string(),
    action: z.enum(['stop', 'start', 'restart']),
  })
  .meta({ id: 'ApplicationLifecycleChangedDetails', description: 'The order that an application was given.' });

/** Details of Muster's own events: the keys depend on the event, and more may be added. */
export const musterDetailsSchema = z
  .looseObject({
    detailType: z
      .string()
      .regex(/^Muster[A-Za-z]*$/, { error: 'expected a detail type that begins with "Muster"', abort: true }),
  })
  .meta({
    id: 'MusterEventDetails',
    description: "Details of an event that only Muster has; `detailType` begins with 'Muster'.",
  });
