import { knownVersion } from './enrollment-request-edit.ts';
import type { EnrollmentRequestRecord } from './enrollment-request-record.ts';
import { badRequest } from '../errors.ts';
import type { NewEvent, Origin } from '../event.ts';
import type {
  EnrollmentRequestApproval,
  EnrollmentRequestApprovalStatus,
  EnrollmentRequestSpec,
} from '../resources/enrollment-request.ts';
import { labelsSchema, type Labels } from '../resources/object-meta.ts';
import { describeProblems } from '../resources/zod-problem.ts';

/**
 * Whether a device that enrolls may run a spec that the database does not know, so that it has to answer before anything
 * is rendered for it: it says that it runs one, or its request was here before the current restore was declared and so
 * came with the backup, after which the device may have been approved and served by what was lost (known bug 11).
 */
export function mustAnswer(
  { restore, spec }: Pick<EnrollmentRequestRecord, 'restore' | 'spec'>,
  currentRestore: string,
): boolean {
  return restore !== currentRestore || knownVersion(spec) > 0;
}

/**
 * A person's answer to an enrollment request, as it is kept. Who was denied may be approved later; an approval stands,
 * for a device has come of it.
 *
 * @throws MusterError 400 if that answer was given before, or the labels that the device would get are none
 */
export function answerRequest(
  { name, spec, approval: known }: EnrollmentRequestRecord,
  { approved, labels, replaceLabels }: EnrollmentRequestApproval,
  { by, now }: { by: Origin; now: Date },
): EnrollmentRequestApprovalStatus {
  if (known !== null && known.approved) {
    const advice = approved ? '' : ': to give its device up, decommission or delete that';
    throw badRequest(`enrollment request ${name} was approved by ${known.approvedBy} at ${known.approvedAt}${advice}`);
  }
  if (known !== null && !approved) {
    throw badRequest(`enrollment request ${name} was denied by ${known.approvedBy} at ${known.approvedAt}`);
  }
  const granted = approved ? grantedLabels(spec, { labels, replaceLabels }) : labels;
  return {
    approved,
    ...(granted !== undefined && { labels: granted }),
    ...(replaceLabels !== undefined && { replaceLabels }),
    approvedBy: by.actor,
    approvedAt: now.toISOString(),
  };
}

/** The labels of the device: those of the approval alone, or before those that the device suggests. */
function grantedLabels(
  spec: EnrollmentRequestSpec,
  { labels, replaceLabels }: Pick<EnrollmentRequestApproval, 'labels' | 'replaceLabels'>,
): Labels {
  const granted = labelsSchema.safeParse(replaceLabels === true ? { ...labels } : { ...spec.labels, ...labels });
  if (granted.success) return granted.data;
  const problems = describeProblems(granted.error, 'the labels of the device');
  throw badRequest(`${problems}; give others for those that it suggests, or replace them all with replaceLabels`);
}

/** The warning for an approval without a certificate. */
export const noCertificate =
  'No certificate was issued, for no device CA is configured (MUSTER_DEVICE_CA_CERT): the device needs its credential from elsewhere, and an agent that waits for a certificate waits on.';

/** Outcome of an approval. */
type Entry = {
  /** The device must answer before anything is rendered for it. */
  readonly awaited: boolean;
  /** The device was created; else it was here already and was let back in. */
  readonly isNew: boolean;
  /** End of the certificate's validity; undefined without one. */
  readonly expiresAt: Date | undefined;
};

/** The event of an answer. */
export function answerEvent(
  request: EnrollmentRequestRecord,
  { approved }: EnrollmentRequestApprovalStatus,
  by: Origin,
  { awaited, isNew, expiresAt }: Entry = { awaited: false, isNew: false, expiresAt: undefined },
): NewEvent {
  const { name } = request;
  const involved = { kind: 'EnrollmentRequest', name } as const;
  const common = { type: 'Normal', involved, by } as const;
  if (!approved) {
    return { ...common, reason: 'EnrollmentRequestDenied', message: `Enrollment request ${name} was denied.` };
  }
  const claim = knownVersion(request.spec);
  const because = claim > 0 ? `says that it runs version ${claim}` : 'asked before the restore';
  const sentences = [
    `Enrollment request ${name} was approved.`,
    expiresAt === undefined ? noCertificate : `Its certificate is valid until ${expiresAt.toISOString()}.`,
    ...(isNew ? [] : ['The device was here already: it keeps its spec, its labels and its place.']),
    ...(awaited ? [`The device ${because}, and must answer before anything is rendered for it.`] : []),
  ];
  return {
    ...common,
    reason: 'EnrollmentRequestApproved',
    message: sentences.join(' '),
    details: {
      detailType: 'MusterEnrollment',
      awaited,
      knownRenderedVersion: String(claim),
      restore: request.restore,
      ...(expiresAt !== undefined && { certificateExpiresAt: expiresAt.toISOString() }),
    },
  };
}
