import { clientAnnotations } from '../devices/device-document.ts';
import type { EnrollmentRequestRecord } from './enrollment-request-record.ts';
import { conflict } from '../errors.ts';
import { differs } from '../json.ts';
import { parseRenderedVersion } from '../recovery/position.ts';
import type { UpdatedField } from '../resource-events.ts';
import type { EnrollmentRequestRequest, EnrollmentRequestSpec } from '../resources/enrollment-request.ts';
import { assertStorable, storableObject } from '../resources/storable.ts';

/** What a client may say of an enrollment request. */
export type DesiredEnrollmentRequest = Pick<EnrollmentRequestRecord, 'labels' | 'annotations' | 'spec'>;

/**
 * The parts of a request's document that count; all else is the service's to say.
 *
 * @throws MusterError 400 for a version that is none, or for what cannot be stored
 */
export function desiredEnrollmentRequest({ metadata, spec }: EnrollmentRequestRequest): DesiredEnrollmentRequest {
  assertStorable(spec);
  knownVersion(spec);
  return { labels: metadata.labels ?? {}, annotations: clientAnnotations(metadata.annotations ?? {}), spec };
}

/** The rendered version that the device says it still runs; 0 if it says none. @throws MusterError 400 if it is none */
export function knownVersion({ knownRenderedVersion }: EnrollmentRequestSpec): number {
  return parseRenderedVersion(knownRenderedVersion, 'spec.knownRenderedVersion');
}

/** Which parts differ. */
type EnrollmentRequestChange = Readonly<Record<'labels' | 'annotations' | 'spec', boolean>>;

/**
 * What an edit would change of an enrollment request; undefined if nothing.
 *
 * @throws MusterError 409 for an edit of one that a person has answered
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
    throw conflict(`enrollment request ${request.name} has been ${answer}, and stays as what was ${answer}`);
  }
  return change;
}

/** The enrollment request after an edit. When it arrived stays: a later edit does not make it one of the new timeline. */
export function editedEnrollmentRequest(
  request: EnrollmentRequestRecord,
  desired: DesiredEnrollmentRequest,
): EnrollmentRequestRecord {
  return { ...request, ...desired, resourceVersion: request.resourceVersion + 1 };
}

/** What the event of an edit names. */
export function updatedRequestFields({ labels, spec }: EnrollmentRequestChange): UpdatedField[] {
  return [...(labels ? (['labels'] as const) : []), ...(spec ? (['spec'] as const) : [])];
}
