import type { DeviceRecord, Viewpoint } from './device-record.ts';
import { summaryOf, textAt, updatedOf } from './device-status.ts';
import { gateOf } from './gate.ts';
import type { JsonObject, JsonValue } from './json.ts';
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
export function deviceStatus(device: DeviceRecord, view: Viewpoint): NonNullable<Device['status']> {
  const told = device.status ?? {};
  const summary = summaryOf(device, view);
  const updated = updatedOf(device, view);
  const status = {
    ...blankStatus,
    ...told,
    conditions: [...conditionsOf(told['conditions']), ...serviceConditions(device)],
    config: { renderedVersion: '', ...objectOf(told['config']) },
    summary: withoutUndefined(summary),
    updated: withoutUndefined(updated),
    lifecycle: {
      ...objectOf(told['lifecycle']),
      status: device.lifecycle ?? textAt(told, 'lifecycle', 'status') ?? 'Unknown',
    },
  };
  // What a device reports was checked when it came in; the rest is built here.
  return status as unknown as NonNullable<Device['status']>;
}

const blankStatus = {
  systemInfo: { architecture: '', bootID: '', operatingSystem: '', agentVersion: '' },
  applications: [],
  applicationsSummary: { status: 'Unknown' },
  resources: { cpu: 'Unknown', memory: 'Unknown', disk: 'Unknown' },
  integrity: { status: 'Unknown' },
  os: { image: '', imageDigest: '' },
};

/** Conditions that the service finds, and no device. */
const serviceConditionTypes: ReadonlySet<string> = new Set(['SpecValid', 'MultipleOwners']);

function conditionsOf(told: JsonValue | undefined): JsonValue[] {
  if (!Array.isArray(told)) return [];
  return told.filter((condition) => !serviceConditionTypes.has(textAt(condition, 'type') ?? ''));
}

function serviceConditions(device: DeviceRecord): JsonObject[] {
  const valid = device.specProblem === null;
  const conditions: JsonObject[] = [
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

function objectOf(value: JsonValue | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

function withoutUndefined({ status, info }: { status: string; info: string | undefined }): JsonObject {
  return info === undefined ? { status } : { status, info };
}
