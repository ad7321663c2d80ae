import { z } from 'zod';
import { annotationKeys } from '../domain/device-document.ts';
import type { JsonObject } from '../domain/json.ts';
import { parseRenderedVersion, parseSpecHash, parseTimeline, type DevicePosition } from '../domain/position.ts';
import { storableObject } from '../domain/resources/storable.ts';

/** What came over the wire in a Device: a spec to apply, or, while the gate is not open, nothing but a description. */
export type DeliveredSpec = {
  /** Where a device is once it runs this spec. */
  readonly position: DevicePosition;
  /** The restore in which it was sent; null if it does not say. */
  readonly restore: string | null;
  readonly spec: JsonObject;
};

const documentSchema = z.looseObject({
  metadata: z.looseObject({ annotations: z.record(z.string(), z.string()).optional() }),
  spec: z.record(z.string(), z.unknown()).optional(),
});

/** Reads a Device as `/rendered` answers it. @throws Error (zod's, or MusterError) for what is none */
export function readDelivered(document: unknown): DeliveredSpec {
  const { metadata, spec } = documentSchema.parse(document);
  const annotations = metadata.annotations ?? {};
  return {
    position: {
      version: parseRenderedVersion(annotations[annotationKeys.renderedVersion], annotationKeys.renderedVersion),
      timeline: parseTimeline(annotations[annotationKeys.timeline], annotationKeys.timeline),
      specHash: parseSpecHash(annotations[annotationKeys.renderedSpecHash], annotationKeys.renderedSpecHash),
    },
    restore: annotations[annotationKeys.restore] ?? null,
    spec: storableObject(spec ?? {}),
  };
}

/**
 * Whether this is a spec and not merely a description. Decided by what there is to apply and not by what the answer
 * says of the gate: a spec that slipped through a gate must count as one.
 */
export function carriesSpec({ position, spec }: DeliveredSpec, runs: DevicePosition): boolean {
  return Object.keys(spec).length > 0 || position.version > runs.version;
}
