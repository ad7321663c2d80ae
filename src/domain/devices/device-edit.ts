import { saysNothing } from '../rendering/absence.ts';
import { clientAnnotations } from './device-document.ts';
import type { DeviceRecord } from './device-record.ts';
import { badRequest, conflict } from '../errors.ts';
import { differs, type JsonObject } from '../json.ts';
import type { Ownership } from '../fleets/ownership.ts';
import type { UpdatedField } from '../resource-events.ts';
import type { DeviceRequest } from '../resources/device.ts';
import { storableObject } from '../resources/storable.ts';
import { osNeedsImageMode, osTargetOf, reportedOsMode } from '../rendering/os-mode.ts';
import { assertWritable } from '../rendering/writable-spec.ts';
import { rolledOut, type TemplateOutcome } from '../fleets/template-rollout.ts';

/** The parts of a device that a client may write. */
export type DesiredDevice = {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: JsonObject;
};

/** Reads the parts of a document that a client may write; the service sets the rest. An absent spec is empty. */
export function desiredDevice({ metadata, spec }: DeviceRequest): DesiredDevice {
  return {
    labels: metadata.labels ?? {},
    annotations: clientAnnotations(metadata.annotations ?? {}),
    spec: storableObject(spec ?? {}),
  };
}

/** The parts of a document that replaces a device: an absent or empty spec says nothing, so the device keeps its spec. */
export function keepingSpec(desired: DesiredDevice, device: DeviceRecord): DesiredDevice {
  return saysNothing(desired.spec) ? { ...desired, spec: device.spec } : desired;
}

type Annotated = { readonly metadata: { readonly annotations?: Readonly<Record<string, string>> | undefined } };

/** @throws MusterError 400 if a patch changes the annotations that show a device's state */
export function assertServiceAnnotationsKept(shown: Annotated, patched: Annotated): void {
  const before = shown.metadata.annotations ?? {};
  const after = patched.metadata.annotations ?? {};
  const free = clientAnnotations({ ...before, ...after });
  const touched = Object.keys({ ...before, ...after }).find(
    (key) => !Object.hasOwn(free, key) && before[key] !== after[key],
  );
  if (touched !== undefined)
    throw badRequest(`the patch changes the annotation ${touched}, which only the service does`);
}

/** @throws MusterError 400 for a new device with a spec that a client may not write */
export function assertCreatable({ spec }: DesiredDevice): void {
  assertWritable(spec, 'the device', ['spec'], { templated: false });
}

/** The parts, each with true if it differs. */
type DeviceChange = { readonly labels: boolean; readonly annotations: boolean; readonly spec: boolean };

/**
 * Compares an edit with a device.
 *
 * @throws MusterError 409 for an edit of a device that is being decommissioned, or of a spec that a fleet decides
 * @throws MusterError 400 for a changed spec that a client may not write, or that now says nothing
 */
export function deviceChange(device: DeviceRecord, desired: DesiredDevice): DeviceChange {
  const change = {
    labels: differs(device.labels, desired.labels),
    annotations: differs(device.annotations, desired.annotations),
    spec: differs(device.spec, desired.spec),
  };
  if (!isChange(change)) return change;
  if (device.spec['decommissioning'] !== undefined) {
    throw conflict(`device ${device.name} is being decommissioned and cannot be edited`);
  }
  if (change.spec && device.owner !== null) {
    throw conflict(
      `device ${device.name} is owned by ${device.owner}, whose template decides its spec: edit that, or the device's labels`,
    );
  }
  if (change.spec) {
    if (saysNothing(desired.spec)) throw badRequest(emptySpec);
    assertWritable(desired.spec, 'the device', ['spec'], { templated: false });
    assertOsFits(device, desired.spec);
  }
  return change;
}

/** @throws MusterError 400 for a changed OS on a device that has its OS from packages, not from an image */
function assertOsFits({ name, status, spec }: DeviceRecord, desired: JsonObject): void {
  const target = osTargetOf(desired);
  if (target === undefined || reportedOsMode(status) !== 'package') return;
  const before = osTargetOf(spec);
  if (before !== undefined && !differs(before, target)) return;
  throw badRequest(`the device is not valid: spec.os: expected none: ${osNeedsImageMode(name)}`);
}

/** The refusal of an empty spec, which could be meant in two ways. */
const emptySpec =
  'spec: expected content: an empty spec says nothing and changes nothing on the device; to empty the device, set empty ' +
  'lists, such as {"config": [], "applications": []}';

export function isChange({ labels, annotations, spec }: DeviceChange): boolean {
  return labels || annotations || spec;
}

/** The device after an edit, and after its owner's template was rolled out to it. No edit clears a conflict. */
export function editedDevice(
  device: DeviceRecord,
  desired: DesiredDevice,
  { owner, matchingFleets }: Ownership,
  outcome: TemplateOutcome,
): DeviceRecord {
  const rollout = rolledOut({ ...device, mustered: device.state.mustered }, { owner }, desired.spec, outcome);
  return {
    ...device,
    ...desired,
    owner,
    matchingFleets,
    ...rollout,
    // A new spec from a person or a template must be rendered: the device does not run it already.
    specAdopted: device.specAdopted && !differs(device.spec, desired.spec) && outcome.kind !== 'filled',
    generation: device.generation + (differs(device.spec, rollout.spec) ? 1 : 0),
    resourceVersion: device.resourceVersion + 1,
  };
}

/** The fields that the event of an edit names. */
export function updatedFields(before: DeviceRecord, after: DeviceRecord): UpdatedField[] {
  return [
    ...(differs(before.labels, after.labels) ? (['labels'] as const) : []),
    ...(differs(before.spec, after.spec) ? (['spec'] as const) : []),
    ...(before.owner === after.owner ? [] : (['owner'] as const)),
  ];
}

/**
 * True if the device must be rendered after an edit: its spec changed, the spec became adopted or is no longer adopted,
 * or the labels changed, which a renderer may read.
 */
export function wantsRendering(before: DeviceRecord, after: DeviceRecord): boolean {
  if (before.specAdopted !== after.specAdopted) return true;
  return differs(before.spec, after.spec) || differs(before.labels, after.labels);
}
