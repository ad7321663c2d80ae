import { annotationKeys } from './device-document.ts';
import type { Device } from '../resources/device.ts';

/** Annotations that would make a document an order to apply: an agent goes by them, not by the source of the document. */
const orderAnnotations: ReadonlySet<string> = new Set([
  annotationKeys.renderedVersion,
  annotationKeys.renderedSpecHash,
  annotationKeys.timeline,
]);

/**
 * The device in the answer to a report of its status: its identity and its status. No agent can take it for a spec to
 * apply, because it has no spec (the contract demands none), not even an empty one, and no rendered version, whatever the
 * gate.
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
