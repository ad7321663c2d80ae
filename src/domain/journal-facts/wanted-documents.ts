import type { Origin } from '../event.ts';
import { annotationKeys, clientAnnotations } from '../devices/device-document.ts';
import { storableObject } from '../resources/storable.ts';
import type { Device } from '../resources/device.ts';
import type { EnrollmentRequest } from '../resources/enrollment-request.ts';
import type { Fleet } from '../resources/fleet.ts';
import type { DocumentKind, WantedFact } from './facts.ts';

type Wanted = Omit<WantedFact, 'fact' | 'at'>;

/** The parts of a resource that people decide: name, labels, annotations and spec, in a form that can be applied again. */
export function wantedDocument(resource: Device | Fleet | EnrollmentRequest, by: Origin): Wanted {
  const { apiVersion, kind, metadata, spec } = resource;
  const { name, labels = {}, annotations = {}, owner, creationTimestamp, resourceVersion } = metadata;
  // The template of the fleet that owns a device decides its spec, unless a person adopted the device's own.
  const isAdopted = annotations?.[annotationKeys.specAdopted] === 'true';
  const ownSpec = owner === undefined || isAdopted ? { spec } : {};
  // The answer to a request is a person's too.
  const answer = kind === 'EnrollmentRequest' ? { status: resource.status } : {};
  return {
    kind,
    name: name ?? '',
    document: storableObject({
      apiVersion,
      kind,
      metadata: { name, labels, annotations: clientAnnotations(annotations ?? {}) },
      ...ownSpec,
      ...answer,
    }),
    by: by.actor,
    createdAt: creationTimestamp ?? '',
    resourceVersion: Number(resourceVersion),
  };
}

/** That a person deleted a resource. */
export function deletedDocument(
  kind: DocumentKind,
  { name, createdAt, resourceVersion }: { name: string; createdAt: Date; resourceVersion: number },
  by: Origin,
): Wanted {
  return {
    kind,
    name,
    document: null,
    by: by.actor,
    createdAt: createdAt.toISOString(),
    // The last edit of all.
    resourceVersion: resourceVersion + 1,
  };
}
