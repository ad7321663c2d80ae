import type { DeviceRecord, Viewpoint } from './device-record.ts';
import { summaryOf, updatedOf } from './device-status.ts';
import { gateOf } from './gate.ts';
import type { Condition } from './resources/condition.ts';
import { deviceLifecycleStatusTypeSchema as lifecycleSchema } from './resources/device-status-parts.ts';
import { completeDeviceStatus, reportedDeviceStatusSchema, type DeviceStatus } from './resources/device-status.ts';
import type { Device } from './resources/device.ts';

/** Annotation keys under which Flight Control's clients and agents look. */
export const annotationKeys = {
  awaitingReconnect: 'device-controller/awaitingReconnect',
  conflictPaused: 'device-controller/conflictPaused',
  renderedVersion: 'device-controller/renderedVersion',
  renderedSpecHash: 'device-controller/renderedSpecHash',
  timeline: 'muster/timeline',
  restore: 'muster/restore',
  specAdopted: 'muster/specAdopted',
} as const;

const serviceAnnotations: ReadonlySet<string> = new Set(Object.values(annotationKeys));

/** The annotations of a document that are a client's to set. */
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

/** Annotations that say where the server thinks the device is, and its gate. */
export function derivedAnnotations({ state, specAdopted }: DeviceRecord, view: Viewpoint): Record<string, string> {
  const gate = gateOf(state, view.restore);
  return {
    ...(gate === 'AwaitingReconnect' ? { [annotationKeys.awaitingReconnect]: 'true' } : {}),
    ...(gate === 'ConflictPaused' ? { [annotationKeys.conflictPaused]: 'true' } : {}),
    ...(state.server.version === 0 ? {} : { [annotationKeys.renderedVersion]: String(state.server.version) }),
    ...(state.server.specHash === null ? {} : { [annotationKeys.renderedSpecHash]: state.server.specHash }),
    ...(specAdopted ? { [annotationKeys.specAdopted]: 'true' } : {}),
    [annotationKeys.timeline]: state.server.timeline,
    [annotationKeys.restore]: view.restore,
  };
}

/** The status that the API shows: what the device said, under what the service knows better. */
export function deviceStatus(device: DeviceRecord, view: Viewpoint): DeviceStatus {
  // Checked when it came in; what an older version of this service stored and no longer fits is left out.
  const reported = reportedDeviceStatusSchema.safeParse(device.status ?? {});
  const told = completeDeviceStatus(reported.success ? reported.data : {});
  const lifecycle = lifecycleSchema.catch(told.lifecycle.status).parse(device.lifecycle ?? told.lifecycle.status);
  return {
    ...told,
    conditions: [
      ...told.conditions.filter(({ type }) => !serviceConditionTypes.has(type)),
      ...serviceConditions(device),
    ],
    summary: summaryOf(device, view),
    updated: updatedOf(device, view),
    lifecycle: { ...told.lifecycle, status: lifecycle },
    ...(device.lastSeen === null ? {} : { lastSeen: device.lastSeen.toISOString() }),
  };
}

/** Conditions that the service finds, and no device. */
const serviceConditionTypes: ReadonlySet<string> = new Set(['SpecValid', 'MultipleOwners']);

function serviceConditions(device: DeviceRecord): Condition[] {
  const valid = device.specProblem === null;
  const conditions: Condition[] = [
    {
      type: 'SpecValid',
      status: valid ? 'True' : 'False',
      reason: valid ? 'Valid' : 'Invalid',
      message: device.specProblem ?? '',
      lastTransitionTime: (device.specProblemSince ?? device.createdAt).toISOString(),
    },
  ];
  if (device.matchingFleets !== null) {
    conditions.push({
      type: 'MultipleOwners',
      status: 'True',
      reason: 'MultipleOwners',
      message: device.matchingFleets.join(','),
      lastTransitionTime: device.createdAt.toISOString(),
    });
  }
  return conditions;
}
