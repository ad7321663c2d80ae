import type { NewEvent, Origin } from './event.ts';
import { problemsInBrief, type FleetProblems } from './fleets/fleet-problems.ts';
import type { Ownership } from './fleets/ownership.ts';

type Resource = { readonly kind: NewEvent['involved']['kind']; readonly name: string };

/** A part of a resource that an event can name as updated. */
export type UpdatedField = 'owner' | 'labels' | 'spec' | 'spec.selector' | 'spec.template';

export function createdEvent({ kind, name }: Resource, by: Origin): NewEvent {
  const message = `${kind} ${name} was created.`;
  return { type: 'Normal', reason: 'ResourceCreated', involved: { kind, name }, message, by };
}

export function deletedEvent({ kind, name }: Resource, by: Origin): NewEvent {
  const message = `${kind} ${name} was deleted.`;
  return { type: 'Normal', reason: 'ResourceDeleted', involved: { kind, name }, message, by };
}

/** @param owners of a device whose owner changed: before and after */
export function updatedEvent(
  { kind, name }: Resource,
  updatedFields: readonly UpdatedField[],
  by: Origin,
  owners?: { readonly before: Ownership; readonly after: Ownership },
): NewEvent {
  const what = updatedFields.length === 0 ? 'metadata' : updatedFields.join(', ');
  return {
    type: 'Normal',
    reason: 'ResourceUpdated',
    involved: { kind, name },
    message: `${kind} ${name} was updated: ${what}.`,
    details: {
      detailType: 'ResourceUpdated',
      updatedFields: [...updatedFields],
      ...(owners && { previousOwner: owners.before.owner, newOwner: owners.after.owner }),
    },
    by,
  };
}

/** The event of a fleet's rollout: it has started, or has been written for all its devices. */
export function rolloutEvent(fleet: string, generation: number, stage: 'Started' | 'Completed', by: Origin): NewEvent {
  const templateVersion = String(generation);
  const started = stage === 'Started';
  return {
    type: 'Normal',
    reason: `FleetRollout${stage}`,
    involved: { kind: 'Fleet', name: fleet },
    message: `Rollout of generation ${generation} ${started ? 'started' : 'reached every device'}.`,
    details: started
      ? { detailType: 'FleetRolloutStarted', templateVersion, rolloutStrategy: 'None' }
      : { detailType: 'FleetRolloutCompleted', templateVersion },
    by,
  };
}

/** The event of a rollout that has left out the devices for which the template cannot be filled in. */
export function rolloutFailedEvent(fleet: string, generation: number, problems: FleetProblems, by: Origin): NewEvent {
  return {
    type: 'Warning',
    reason: 'FleetRolloutFailed',
    involved: { kind: 'Fleet', name: fleet },
    message: `Rollout of generation ${generation} did not reach every device: ${problemsInBrief(problems)}.`,
    details: { detailType: 'FleetRolloutFailed', templateVersion: String(generation) },
    by,
  };
}
