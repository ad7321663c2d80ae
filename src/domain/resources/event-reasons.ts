import { z } from 'zod';

const flightctlReasons = [
  'ResourceCreated',
  'ResourceCreationFailed',
  'ResourceUpdated',
  'ResourceUpdateFailed',
  'ResourceDeleted',
  'ResourceDeletionFailed',
  'DeviceDecommissioned',
  'DeviceDecommissionFailed',
  'DeviceCPUCritical',
  'DeviceCPUWarning',
  'DeviceCPUNormal',
  'DeviceMemoryCritical',
  'DeviceMemoryWarning',
  'DeviceMemoryNormal',
  'DeviceDiskCritical',
  'DeviceDiskWarning',
  'DeviceDiskNormal',
  'DeviceApplicationError',
  'DeviceApplicationDegraded',
  'DeviceApplicationHealthy',
  'DeviceDisconnected',
  'DeviceIsRebooting',
  'DeviceConflictPaused',
  'DeviceConflictResolved',
  'DeviceConnected',
  'DeviceContentUpToDate',
  'DeviceContentOutOfDate',
  'DeviceContentUpdating',
  'DeviceUpdateFailed',
  'DeviceVulnerabilityCVECritical',
  'DeviceVulnerabilityCVEResolved',
  'DeviceVulnerabilityCVEWarning',
  'DeviceOSImageChanged',
  'EnrollmentRequestApproved',
  'EnrollmentRequestApprovalFailed',
  'DeviceMultipleOwnersDetected',
  'DeviceMultipleOwnersResolved',
  'DeviceSpecValid',
  'DeviceSpecInvalid',
  'InternalTaskFailed',
  'InternalTaskPermanentlyFailed',
  'RepositoryAccessible',
  'RepositoryInaccessible',
  'ReferencedRepositoryUpdated',
  'FleetValid',
  'FleetInvalid',
  'FleetRolloutCreated',
  'FleetRolloutStarted',
  'FleetRolloutFailed',
  'FleetRolloutCompleted',
  'FleetRolloutBatchDispatched',
  'FleetRolloutDeviceSelected',
  'FleetRolloutBatchCompleted',
  'ResourceSyncCommitDetected',
  'ResourceSyncAccessible',
  'ResourceSyncInaccessible',
  'ResourceSyncParsed',
  'ResourceSyncParsingFailed',
  'ResourceSyncSynced',
  'ResourceSyncSyncFailed',
  'DependencyChangeDetected',
  'DependencySyncProbeFailed',
  'SystemRestored',
  'EncryptionMigrationStarted',
  'EncryptionMigrationCompleted',
  'ApplicationLifecycleChanged',
] as const;

const musterReasons = [
  /** A device is ahead although nobody declared a restore: the server went back without being told. */
  'DeviceAheadWithoutRestore',
  /** A later restore was declared before this one settled. */
  'RestoreSuperseded',
  /** Every device has answered the restore or been written off, and none is paused. */
  'RestoreSettled',
  /** A device is awaited or paused again after the restore had settled. */
  'RestoreMusteringAgain',
  /** A device answered the restore, and its gate opened. */
  'DeviceAnswered',
  /** A device has carried out the order to decommission. If it failed to, the reason is DeviceDecommissionFailed. */
  'DeviceDecommissionCompleted',
  /** Two machines speak under the name of one device. */
  'DeviceClonesNoticed',
  /** A person let a device's own spec win. */
  'DeviceAdopted',
  /** A person put an edit back that the restored database does not know. */
  'LostEditReplayed',
  /** A report came from a device that this database does not know. */
  'UnknownDeviceReported',
  /** A person denied a device's request to enroll. */
  'EnrollmentRequestDenied',
  /** A device got a certificate after its first one: by renewal, or because it lost its own. */
  'DeviceCertificateIssued',
  /** A person's request for a certificate was approved, and the certificate issued. */
  'CertificateSigningRequestApproved',
  'CertificateSigningRequestDenied',
] as const;

export const eventReasonSchema = z.enum([...flightctlReasons, ...musterReasons]).meta({
  id: 'EventReason',
  description: "The kind of event, as one word for programs: Flight Control's and Muster's own.",
});
export type EventReason = z.infer<typeof eventReasonSchema>;
