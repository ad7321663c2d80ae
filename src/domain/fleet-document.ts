import type { FleetRecord } from './fleet-record.ts';
import type { DevicesSummary } from './resources/devices-summary.ts';
import type { Fleet, FleetSpec } from './resources/fleet.ts';
import { unfollowedPolicy } from './unfollowed-policy.ts';

/** What is known of a fleet beside its row. */
export type FleetFacts = {
  /** When its last rollout started or was completed; undefined where no event tells. */
  readonly rolloutChangedAt: Date | undefined;
  readonly devicesSummary: DevicesSummary | undefined;
};

/** A fleet as the API shows it. */
export function fleetDocument(fleet: FleetRecord, { rolloutChangedAt, devicesSummary }: FleetFacts): Fleet {
  const { generation, rolledOutGeneration } = fleet;
  const inProgress = rolledOutGeneration < generation;
  return {
    apiVersion: 'flightctl.io/v1beta1',
    kind: 'Fleet',
    metadata: {
      name: fleet.name,
      creationTimestamp: fleet.createdAt.toISOString(),
      labels: { ...fleet.labels },
      annotations: { ...fleet.annotations },
      generation,
      resourceVersion: String(fleet.resourceVersion),
    },
    // What is stored was checked when it came in.
    spec: fleet.spec as FleetSpec,
    status: {
      conditions: [
        {
          type: 'RolloutInProgress',
          status: inProgress ? 'True' : 'False',
          observedGeneration: generation,
          lastTransitionTime: (rolloutChangedAt ?? fleet.createdAt).toISOString(),
          reason: inProgress ? 'Active' : 'Inactive',
          message: [
            inProgress
              ? `Generation ${generation} is on its way to the devices.`
              : `Generation ${generation} has reached every device.`,
            // The contract has no type of condition for it, and this one is about just that.
            unfollowedPolicy(fleet.spec),
          ]
            .filter(Boolean)
            .join(' '),
        },
      ],
      ...(devicesSummary && { devicesSummary }),
    },
  };
}
