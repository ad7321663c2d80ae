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

/** What a client may say of a device. */
export type DesiredDevice = {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: JsonObject;
};

/** The parts of a request's document that count; all else is the service's to say. A spec that is not there is empty. */
export function desiredDevice({ metadata, spec }: DeviceRequest): DesiredDevice {
  return {
    labels: metadata.labels ?? {},
    annotations: clientAnnotations(metadata.annotations ?? {}),
    spec: storableObject(spec ?? {}),
  };
}

/** The meaning of a document that replaces a device: a spec that is absent or empty says nothing, so the device's stays. */
export function keepingSpec(desired: DesiredDevice, device: DeviceRecord): DesiredDevice {
  return saysNothing(desired.spec) ? { ...desired, spec: device.spec } : desired;
}

type Annotated = { readonly metadata: { readonly annotations?: Readonly<Record<string, string>> | undefined } };

/** @throws MusterError 400 if a patch touches the annotations by which the service tells of a device's state */
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

/** Which parts differ. */
type DeviceChange = { readonly labels: boolean; readonly annotations: boolean; readonly spec: boolean };

/**
 * What an edit would change of a device.
 *
 * @throws MusterError 409 for an edit of a device that is being decommissioned, or of a spec that a fleet decides
 * @throws MusterError 400 for another spec than before that a client may not write, or that says nothing any more
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

/** @throws MusterError 400 for another OS than before on a device that has its OS from packages, not from an image */
function assertOsFits({ name, status, spec }: DeviceRecord, desired: JsonObject): void {
  const target = osTargetOf(desired);
  if (target === undefined || reportedOsMode(status) !== 'package') return;
  const before = osTargetOf(spec);
  if (before !== undefined && !differs(before, target)) return;
  throw badRequest(`the device is not valid: spec.os: expected none: ${osNeedsImageMode(name)}`);
}

/** Could be meant in two ways. */
const emptySpec =
  'spec: expected content: an empty spec says nothing and changes nothing on the device; to empty the device, set empty ' +
  'lists, such as {"config": [], "applications": []}';

export function isChange({ labels, annotations, spec }: DeviceChange): boolean {
  return labels || annotations || spec;
}

/**
 * The device after an edit, and after the template of its owner was rolled out to it. Whatever is edited, its conflict, if it
 * has one, stays.
 */
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
    // Another spec that a person or a template gives is one to render, not one that the device runs already.
    specAdopted: device.specAdopted && !differs(device.spec, desired.spec) && outcome.kind !== 'filled',
    generation: device.generation + (differs(device.spec, rollout.spec) ? 1 : 0),
    resourceVersion: device.resourceVersion + 1,
  };
}

/** What the event of an edit names. */
export function updatedFields(before: DeviceRecord, after: DeviceRecord): UpdatedField[] {
  return [
    ...(differs(before.labels, after.labels) ? (['labels'] as const) : []),
    ...(differs(before.spec, after.spec) ? (['spec'] as const) : []),
    ...(before.owner === after.owner ? [] : (['owner'] as const)),
  ];
}

/**
 * Whether an edit asks for a render: of another spec, of one that is no longer the adopted one, or under other labels, which
 * a renderer may look at.
 */
export function wantsRendering(before: DeviceRecord, after: DeviceRecord): boolean {
  if (before.specAdopted !== after.specAdopted) return true;
  return differs(before.spec, after.spec) || differs(before.labels, after.labels);
}
