import { clientAnnotations } from '../devices/device-document.ts';
import type { EnrollmentRequestRecord } from './enrollment-request-record.ts';
import { conflict } from '../errors.ts';
import { differs } from '../json.ts';
import { parseRenderedVersion } from '../recovery/position.ts';
import type { UpdatedField } from '../resource-events.ts';
import type { EnrollmentRequestRequest, EnrollmentRequestSpec } from '../resources/enrollment-request.ts';
import { assertStorable, storableObject } from '../resources/storable.ts';

/** The parts of an enrollment request that a client may write. */
export type DesiredEnrollmentRequest = Pick<EnrollmentRequestRecord, 'labels' | 'annotations' | 'spec'>;

/**
 * Reads the parts of a document that a client may write; the service sets the rest.
 *
 * @throws MusterError 400 for a malformed version, or a value that cannot be stored
 */
export function desiredEnrollmentRequest({ metadata, spec }: EnrollmentRequestRequest): DesiredEnrollmentRequest {
  assertStorable(spec);
  knownVersion(spec);
  return { labels: metadata.labels ?? {}, annotations: clientAnnotations(metadata.annotations ?? {}), spec };
}

/**
 * The rendered version that the device says it still runs; 0 if it states none. @throws MusterError 400 if it is malformed
 */
export function knownVersion({ knownRenderedVersion }: EnrollmentRequestSpec): number {
  return parseRenderedVersion(knownRenderedVersion, 'spec.knownRenderedVersion');
}

/** The parts, each with true if it differs. */
type EnrollmentRequestChange = Readonly<Record<'labels' | 'annotations' | 'spec', boolean>>;

/**
 * The changes that an edit makes to an enrollment request; undefined if there are none.
 *
 * @throws MusterError 409 if a person has answered the request already
 */
export function enrollmentRequestChange(
  request: EnrollmentRequestRecord,
  desired: DesiredEnrollmentRequest,
): EnrollmentRequestChange | undefined {
  const change = {
    labels: differs(request.labels, desired.labels),
    annotations: differs(request.annotations, desired.annotations),
    spec: differs(storableObject(request.spec), storableObject(desired.spec)),
  };
  if (!change.labels && !change.annotations && !change.spec) return undefined;
  if (request.approval !== null) {
    const answer = request.approval.approved ? 'approved' : 'denied';
    throw conflict(`enrollment request ${request.name} has been ${answer}, and cannot be changed since`);
  }
  return change;
}

/** The enrollment request after an edit. `restore` stays: a later edit does not move the request to the new timeline. */
export function editedEnrollmentRequest(
  request: EnrollmentRequestRecord,
  desired: DesiredEnrollmentRequest,
): EnrollmentRequestRecord {
  return { ...request, ...desired, resourceVersion: request.resourceVersion + 1 };
}

/** The fields that the event of an edit names. */
export function updatedRequestFields({ labels, spec }: EnrollmentRequestChange): UpdatedField[] {
  return [...(labels ? (['labels'] as const) : []), ...(spec ? (['spec'] as const) : [])];
}
