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
 * Decides if an enrolling device must answer before anything is rendered for it, because it may run a spec that the
 * database does not know. That is so if it says that it runs one, or if its request is older than the current restore: then
 * the request came with the backup, and the lost server may have approved the device and sent it specs after that backup
 * (known bug 11).
 */
export function mustAnswer(
  { restore, spec }: Pick<EnrollmentRequestRecord, 'restore' | 'spec'>,
  currentRestore: string,
): boolean {
  return restore !== currentRestore || knownVersion(spec) > 0;
}

/**
 * A person's answer to an enrollment request, as it is stored. A denied request may be approved later; an approval stands,
 * because it has created a device.
 *
 * @throws MusterError 400 if that answer was given before, or the labels that the device would get are malformed
 */
export function answerRequest(
  { name, spec, approval: known }: EnrollmentRequestRecord,
  { approved, labels, replaceLabels }: EnrollmentRequestApproval,
  { by, now }: { by: Origin; now: Date },
): EnrollmentRequestApprovalStatus {
  if (known !== null && known.approved) {
    const advice = approved ? '' : ': to remove its device, decommission or delete the device';
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

/**
 * The labels of the device: those of the approval, and unless they replace them those that the device suggests. On a shared
 * key the approval's win.
 */
function grantedLabels(
  spec: EnrollmentRequestSpec,
  { labels, replaceLabels }: Pick<EnrollmentRequestApproval, 'labels' | 'replaceLabels'>,
): Labels {
  const granted = labelsSchema.safeParse(replaceLabels === true ? { ...labels } : { ...spec.labels, ...labels });
  if (granted.success) return granted.data;
  const problems = describeProblems(granted.error, 'the labels of the device');
  throw badRequest(
    `${problems}; give other values for the labels that it suggests, or replace all of them with replaceLabels`,
  );
}

/** The warning about an approval without a certificate. */
export const noCertificate =
  'No certificate was issued, because no device CA is configured (MUSTER_DEVICE_CA_CERT): the device must get its credential from elsewhere, and an agent that waits for a certificate keeps waiting.';

/** Outcome of an approval. */
type Entry = {
  /** The device must answer before anything is rendered for it. */
  readonly awaited: boolean;
  /** The device was created; false if it existed already and was let in again. */
  readonly isNew: boolean;
  /** End of the certificate's validity; undefined if none was issued. */
  readonly expiresAt: Date | undefined;
};

/** The event of a person's answer. */
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
    ...(isNew ? [] : ['The device existed already: it keeps its spec, its labels and its position.']),
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
