import { annotationKeys } from '../domain/devices/device-document.ts';
import type { JsonObject } from '../domain/json.ts';
import type { DevicePosition } from '../domain/recovery/position.ts';

/**
 * The body of a status update over HTTP.
 *
 * @param told the position that goes along in annotations, and the spec if it is owed; an unmodified agent sends neither
 */
export function statusUpdate(
  name: string,
  status: JsonObject,
  told: { position: DevicePosition; spec: JsonObject | undefined } | undefined,
): JsonObject {
  const document = { apiVersion: 'flightctl.io/v1beta1', kind: 'Device', status };
  if (told === undefined) return { ...document, metadata: { name } };
  const { timeline, specHash } = told.position;
  const annotations = {
    ...(timeline === null ? {} : { [annotationKeys.timeline]: timeline }),
    ...(specHash === null ? {} : { [annotationKeys.renderedSpecHash]: specHash }),
  };
  return { ...document, metadata: { name, annotations }, ...(told.spec === undefined ? {} : { spec: told.spec }) };
}
