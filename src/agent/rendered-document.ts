import { annotationKeys } from '../domain/devices/device-document.ts';
import type { ServerPosition } from '../domain/recovery/position.ts';

/** The Device that carries a spec to apply, as JSON text around the spec's own text. */
export function renderedDocument(name: string, server: ServerPosition, restore: string, specText: string): string {
  const metadata = {
    name,
    annotations: {
      [annotationKeys.renderedVersion]: String(server.version),
      ...(server.specHash === null ? {} : { [annotationKeys.renderedSpecHash]: server.specHash }),
      [annotationKeys.timeline]: server.timeline,
      [annotationKeys.restore]: restore,
    },
  };
  return `{"apiVersion":"flightctl.io/v1beta1","kind":"Device","metadata":${JSON.stringify(metadata)},"spec":${specText}}`;
}
