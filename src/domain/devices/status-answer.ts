import { annotationKeys } from './device-document.ts';
import type { Device } from '../resources/device.ts';

/** Annotations that would make a document an order to apply: an agent goes by them, and not by where the document came from. */
const orderAnnotations: ReadonlySet<string> = new Set([
  annotationKeys.renderedVersion,
  annotationKeys.renderedSpecHash,
  annotationKeys.timeline,
]);

/**
 * Device in answer to a report of its status: who it is and how it stands. No agent can take it for a spec to apply, for it
 * has no spec (the contract demands none), not even an empty one, and no rendered version, whatever the gate.
 */
export function statusAnswer({ apiVersion, kind, metadata, status }: Device): Device {
  const annotations = Object.entries(metadata.annotations ?? {}).filter(([key]) => !orderAnnotations.has(key));
  return {
    apiVersion,
    kind,
    metadata: { ...metadata, annotations: Object.fromEntries(annotations) },
    ...(status && { status }),
  };
}
