import { annotationKeys } from '../devices/device-document.ts';
import { mustAnswer, noCertificate } from './enrollment-approval.ts';
import type { EnrollmentRequestRecord } from './enrollment-request-record.ts';
import type { Condition } from '../resources/condition.ts';
import type { EnrollmentRequest, EnrollmentRequestApprovalStatus } from '../resources/enrollment-request.ts';

/**
 * An enrollment request as the API shows it. Until it is answered, it has Flight Control's annotation for awaiting devices
 * if its device would have to answer first. After an approval an agent waits for `status.certificate`, which is there only
 * with a device CA.
 */
export function enrollmentRequestDocument(request: EnrollmentRequestRecord, restore: string): EnrollmentRequest {
  const { approval, certificate } = request;
  const wouldAwait = approval === null && mustAnswer(request, restore);
  return {
    apiVersion: 'flightctl.io/v1beta1',
    kind: 'EnrollmentRequest',
    metadata: {
      name: request.name,
      creationTimestamp: request.createdAt.toISOString(),
      labels: { ...request.labels },
      annotations: { ...request.annotations, ...(wouldAwait && { [annotationKeys.awaitingReconnect]: 'true' }) },
      resourceVersion: String(request.resourceVersion),
    },
    spec: request.spec,
    status: {
      conditions: approval === null ? [] : [answerCondition(approval, certificate)],
      ...(certificate !== null && { certificate }),
      ...(approval !== null && { approval }),
    },
  };
}

function answerCondition(
  { approved, approvedBy, approvedAt }: EnrollmentRequestApprovalStatus,
  certificate: string | null,
): Condition {
  const lacks = approved && certificate === null ? ` ${noCertificate}` : '';
  return {
    type: approved ? 'Approved' : 'Denied',
    status: 'True',
    reason: approved ? 'ManuallyApproved' : 'ManuallyDenied',
    message: `${approved ? 'Approved' : 'Denied'} by ${approvedBy}.${lacks}`,
    lastTransitionTime: approvedAt,
  };
}
