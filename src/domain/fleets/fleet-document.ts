import { validCondition, type FleetProblems } from './fleet-problems.ts';
import type { FleetRecord } from './fleet-record.ts';
import type { DevicesSummary } from '../resources/devices-summary.ts';
import type { Condition } from '../resources/condition.ts';
import type { Fleet, FleetSpec } from '../resources/fleet.ts';
import { unfollowedPolicy } from './unfollowed-policy.ts';

/** Facts about a fleet that are not in its row. */
type FleetFacts = {
  /** Time at which its last rollout started or ended; undefined if no event says so. */
  readonly rolloutChangedAt: Date | undefined;
  readonly devicesSummary: DevicesSummary | undefined;
  /** Undefined if every device can be given the template. */
  readonly problems: FleetProblems | undefined;
};

/** A fleet as the API shows it. */
export function fleetDocument(fleet: FleetRecord, { rolloutChangedAt, devicesSummary, problems }: FleetFacts): Fleet {
  const { generation } = fleet;
  const changedAt = rolloutChangedAt ?? fleet.createdAt;
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
      ...(fleet.deletingSince && { deletionTimestamp: fleet.deletingSince.toISOString() }),
    },
    // A stored spec was checked when it was written.
    spec: fleet.spec as FleetSpec,
    status: {
      conditions: [
        validCondition(problems, { generation, changedAt }),
        rolloutCondition(fleet, { changedAt, problems }),
      ],
      ...(devicesSummary && { devicesSummary }),
    },
  };
}

/** The condition `RolloutInProgress`. A rollout that left devices out has ended without reaching every device. */
function rolloutCondition(
  { generation, rolledOutGeneration, spec, deletingSince }: FleetRecord,
  { changedAt, problems }: { changedAt: Date; problems: FleetProblems | undefined },
): Condition {
  const isDeleting = deletingSince !== null;
  const inProgress = !isDeleting && rolledOutGeneration < generation;
  const ended = problems === undefined ? 'Inactive' : 'Suspended';
  return {
    type: 'RolloutInProgress',
    status: inProgress ? 'True' : 'False',
    observedGeneration: generation,
    lastTransitionTime: (deletingSince ?? changedAt).toISOString(),
    reason: inProgress ? 'Active' : ended,
    // The contract has no type of condition for a policy that is not followed; this one comes closest.
    message: isDeleting
      ? 'The fleet is being deleted: its devices leave it in steps, and keep the specs that they have.'
      : [rolloutMessage(generation, inProgress, problems), unfollowedPolicy(spec)].filter(Boolean).join(' '),
  };
}

function rolloutMessage(generation: number, inProgress: boolean, problems: FleetProblems | undefined): string {
  if (inProgress) return `Generation ${generation} is on its way to the devices.`;
  if (problems === undefined) return `Generation ${generation} has reached every device.`;
  const devices = problems.count === 1 ? '1 device' : `${problems.count} devices`;
  return `Generation ${generation} has not reached ${devices}: see the condition Valid.`;
}
