import type { DeviceRecord, Viewpoint } from './device-record.ts';
import { applicationsSummaryOf, lifecycleOf, summaryOf, updatedOf } from './device-status.ts';
import { gateOf } from '../recovery/gate.ts';
import type { Condition } from '../resources/condition.ts';
import { completeDeviceStatus, type DeviceStatus } from '../resources/device-status.ts';
import type { Device } from '../resources/device.ts';
import { toldStatus } from './told-status.ts';

/** Annotation keys that Flight Control's clients and agents read. */
export const annotationKeys = {
  awaitingReconnect: 'device-controller/awaitingReconnect',
  conflictPaused: 'device-controller/conflictPaused',
  renderedVersion: 'device-controller/renderedVersion',
  renderedSpecHash: 'device-controller/renderedSpecHash',
  receivedVersion: 'muster/receivedVersion',
  timeline: 'muster/timeline',
  restore: 'muster/restore',
  specAdopted: 'muster/specAdopted',
  certificateExpiresAt: 'muster/certificateExpiresAt',
  lastRolloutError: 'fleet-controller/lastRolloutError',
} as const;

const serviceAnnotations: ReadonlySet<string> = new Set(Object.values(annotationKeys));

/** The annotations of a document that a client may set. */
export function clientAnnotations(annotations: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => !serviceAnnotations.has(key)));
}

/** A device as the API shows it. */
export function deviceDocument(device: DeviceRecord, view: Viewpoint): Device {
  return {
    apiVersion: 'flightctl.io/v1beta1',
    kind: 'Device',
    metadata: {
      name: device.name,
      creationTimestamp: device.createdAt.toISOString(),
      labels: { ...device.labels },
      annotations: { ...device.annotations, ...derivedAnnotations(device, view) },
      generation: device.generation,
      resourceVersion: String(device.resourceVersion),
      ...(device.owner === null ? {} : { owner: device.owner }),
    },
    spec: device.spec,
    status: deviceStatus(device, view),
  };
}

/** Annotations with the server's position of the device, its gate, and the problem with its fleet's template. */
function derivedAnnotations(device: DeviceRecord, view: Viewpoint): Record<string, string> {
  const { state, specAdopted, rolloutProblem, certificateExpiresAt } = device;
  const gate = gateOf(state, view.restore);
  const { timeline, version, specHash } = state.server;
  // A page has a hundred of these: setting keys one by one costs a fifth of spreading objects.
  const annotations: Record<string, string> = {};
  if (gate === 'AwaitingReconnect') annotations[annotationKeys.awaitingReconnect] = 'true';
  if (gate === 'ConflictPaused') annotations[annotationKeys.conflictPaused] = 'true';
  if (version !== 0) annotations[annotationKeys.renderedVersion] = String(version);
  if (specHash !== null) annotations[annotationKeys.renderedSpecHash] = specHash;
  if (state.reported !== null) annotations[annotationKeys.receivedVersion] = String(state.reported.version);
  if (specAdopted) annotations[annotationKeys.specAdopted] = 'true';
  if (rolloutProblem !== null) annotations[annotationKeys.lastRolloutError] = rolloutProblem;
  if (certificateExpiresAt !== null) {
    annotations[annotationKeys.certificateExpiresAt] = certificateExpiresAt.toISOString();
  }
  annotations[annotationKeys.timeline] = timeline;
  annotations[annotationKeys.restore] = view.restore;
  return annotations;
}

/** The status that the API shows: the device's own, overlaid by what the service knows better. */
export function deviceStatus(device: DeviceRecord, view: Viewpoint): DeviceStatus {
  const told = toldStatus(device.status);
  const whole = completeDeviceStatus(told);
  return {
    ...whole,
    conditions: [
      ...whole.conditions.filter(({ type }) => !serviceConditionTypes.has(type)),
      ...serviceConditions(device),
    ],
    // A later poll may have shown that the device went back.
    config: device.applied === null ? whole.config : { ...whole.config, renderedVersion: String(device.applied) },
    summary: summaryOf(device, told, view),
    updated: updatedOf(device, told, view),
    applicationsSummary: applicationsSummaryOf(device, told, view),
    lifecycle: lifecycleOf(device, told, view),
    ...(device.lastSeen === null ? {} : { lastSeen: device.lastSeen.toISOString() }),
  };
}

/** Conditions that only the service sets. */
const serviceConditionTypes: ReadonlySet<string> = new Set(['SpecValid', 'MultipleOwners']);

function serviceConditions(device: DeviceRecord): Condition[] {
  const valid = device.specProblem === null;
  const several = device.matchingFleets !== null;
  return [
    {
      type: 'SpecValid',
      status: valid ? 'True' : 'False',
      reason: valid ? 'Valid' : 'Invalid',
      message: device.specProblem ?? '',
      lastTransitionTime: (device.specProblemSince ?? device.createdAt).toISOString(),
    },
    {
      type: 'MultipleOwners',
      status: several ? 'True' : 'False',
      reason: several ? 'MultipleOwners' : 'NoMultipleOwners',
      message: device.matchingFleets?.join(',') ?? '',
      lastTransitionTime: (device.matchingFleetsSince ?? device.createdAt).toISOString(),
    },
  ];
}
