import { z } from 'zod';
import { annotationKeys } from '../domain/devices/device-document.ts';
import { MusterError } from '../domain/errors.ts';
import type { JsonObject } from '../domain/json.ts';
import { parsePosition, type DevicePosition } from '../domain/recovery/position.ts';
import { storableObject } from '../domain/resources/storable.ts';
import { readAgentSpec, type AgentSpec } from './device/agent-spec.ts';

/** A spec that came over the wire in a Device. */
export type DeliveredSpec = {
  /** Position of a device that runs this spec. */
  readonly position: DevicePosition;
  /** The restore in which the spec was sent; null if the document names none. */
  readonly restore: string | null;
  readonly spec: JsonObject;
};

/** A document as an agent reads it. */
type ReadDocument =
  | {
      readonly kind: 'spec';
      readonly delivered: DeliveredSpec;
      readonly wanted: AgentSpec;
      /** It says that the device is paused, on which an agent sends its status again. */
      readonly isConflictPaused: boolean;
    }
  /** It does not fit the types that an agent expects: an error, and nothing is applied. */
  | { readonly kind: 'misfit'; readonly message: string }
  /** Its version is not a number: it is dropped. */
  | { readonly kind: 'no version'; readonly message: string }
  /** It has no spec at all, over which an agent dies. */
  | { readonly kind: 'no spec' };

const documentSchema = z.object({
  metadata: z.object({ annotations: z.record(z.string(), z.string()).nullish() }),
  spec: z.record(z.string(), z.unknown()).nullish(),
});

/** Reads a Device as `/rendered` answers it. */
export function readDocument(document: unknown): ReadDocument {
  const outer = documentSchema.safeParse(document);
  if (!outer.success) return { kind: 'misfit', message: z.prettifyError(outer.error) };
  const { metadata, spec } = outer.data;
  if (spec === undefined || spec === null) return { kind: 'no spec' };
  const annotations = metadata.annotations ?? {};
  let position: DevicePosition;
  try {
    position = readPosition(annotations);
  } catch (error) {
    return { kind: 'no version', message: messageOf(error) };
  }
  try {
    const delivered = { position, restore: annotations[annotationKeys.restore] ?? null, spec: storableObject(spec) };
    const isConflictPaused = annotations[annotationKeys.conflictPaused] === 'true';
    return { kind: 'spec', delivered, wanted: readAgentSpec(spec), isConflictPaused };
  } catch (error) {
    return { kind: 'misfit', message: messageOf(error) };
  }
}

function readPosition(annotations: Readonly<Record<string, string>>): DevicePosition {
  const { renderedVersion: version, timeline, renderedSpecHash: specHash } = annotationKeys;
  const said = { version: annotations[version], timeline: annotations[timeline], specHash: annotations[specHash] };
  return parsePosition(said, { version, timeline, specHash });
}

function messageOf(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error);
  if (error instanceof MusterError) return error.message;
  throw error;
}
