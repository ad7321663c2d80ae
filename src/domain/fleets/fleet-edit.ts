import type { FleetRecord } from './fleet-record.ts';
import { differs, type JsonObject } from '../json.ts';
import type { UpdatedField } from '../resource-events.ts';
import type { FleetRequest } from '../resources/fleet.ts';
import { storableObject } from '../resources/storable.ts';
import { fleetSelector } from '../selectors/fleet-selector.ts';
import { assertWritable } from '../rendering/writable-spec.ts';

/** The parts of a fleet that a client may write. */
export type DesiredFleet = {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: JsonObject;
};

/**
 * Reads the parts of a document that a client may write; the service sets the rest.
 *
 * @throws MusterError 400 for a selector that contradicts itself, or a template that a client may not write
 */
export function desiredFleet({ metadata, spec }: FleetRequest): DesiredFleet {
  fleetSelector(spec.selector);
  const desired = {
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    spec: storableObject(spec),
  };
  assertWritable(storableObject(spec.template.spec), 'the fleet', ['spec', 'template', 'spec'], { templated: true });
  return desired;
}

/** A new fleet, of which nothing has been rolled out yet. */
export function newFleet(name: string, desired: DesiredFleet, now: Date): FleetRecord {
  return {
    name,
    ...desired,
    generation: 1,
    resourceVersion: 1,
    rolledOutGeneration: 0,
    createdAt: now,
    deletingSince: null,
  };
}

/** The changes that an edit makes to a fleet. */
type FleetChange = {
  readonly metadata: boolean;
  readonly labels: boolean;
  readonly spec: boolean;
  readonly selector: boolean;
  readonly template: boolean;
};

export function fleetChange(fleet: FleetRecord, desired: DesiredFleet): FleetChange {
  const labels = differs(fleet.labels, desired.labels);
  return {
    metadata: labels || differs(fleet.annotations, desired.annotations),
    labels,
    spec: differs(fleet.spec, desired.spec),
    selector: differs(fleet.spec['selector'], desired.spec['selector']),
    template: differs(fleet.spec['template'], desired.spec['template']),
  };
}

/** The fleet after an edit. If the edit changes nothing for devices, the rollout stays as far as it was. */
export function editedFleet(fleet: FleetRecord, desired: DesiredFleet, change: FleetChange): FleetRecord {
  const generation = fleet.generation + (change.spec ? 1 : 0);
  const wasRolledOut = fleet.rolledOutGeneration >= fleet.generation;
  const rolledOutGeneration = wasRolledOut && !concernsDevices(change) ? generation : fleet.rolledOutGeneration;
  return { ...fleet, ...desired, generation, rolledOutGeneration, resourceVersion: fleet.resourceVersion + 1 };
}

export function concernsDevices({ selector, template }: FleetChange): boolean {
  return selector || template;
}

/** The fields that the event of an edit names. */
export function updatedFleetFields(change: FleetChange): UpdatedField[] {
  const other = change.spec && !concernsDevices(change);
  return [
    ...(change.labels ? (['labels'] as const) : []),
    ...(change.selector ? (['spec.selector'] as const) : []),
    ...(change.template ? (['spec.template'] as const) : []),
    ...(other ? (['spec'] as const) : []),
  ];
}
