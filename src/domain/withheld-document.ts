import { annotationKeys } from './device-document.ts';
import type { Device } from './resources/device.ts';

/**
 * What is shown of a device whose gate is not open where its rendered spec is asked for: its status, no spec, and a
 * rendered version that is never above what the device reported, so that an agent that compares numbers ignores it.
 *
 * @param reported the version that the device reported; 0 if it reported none
 */
export function withheldDocument(document: Device, reported: number): Device {
  const { [annotationKeys.renderedSpecHash]: _hash, ...annotations } = { ...document.metadata.annotations };
  const shown = Math.min(Number(annotations[annotationKeys.renderedVersion] ?? 0), reported);
  const metadata = {
    ...document.metadata,
    annotations: { ...annotations, [annotationKeys.renderedVersion]: String(shown) },
  };
  return { ...document, metadata, spec: {} };
}
