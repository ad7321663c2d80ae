import { clientAnnotations } from '../devices/device-document.ts';
import { badRequest, conflict, type MusterError } from '../errors.ts';
import type {
  CertificateSigningRequest,
  CertificateSigningRequestAnswer,
  CertificateSigningRequestRequest,
  CertificateSigningRequestSpec,
} from '../resources/certificate-signing-request.ts';
import type { Condition } from '../resources/condition.ts';
import type { Origin } from '../event.ts';
import { requiredName } from '../resource-name.ts';

/** A certificate signing request as it is stored. */
export type SigningRequestRecord = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** `Device/<name>` if a device asks; null if a person does. */
  readonly owner: string | null;
  readonly spec: CertificateSigningRequestSpec;
  /** The answer: Approved or Denied; empty before there is one. */
  readonly conditions: readonly Condition[];
  /** In PEM form; null while there is none. */
  readonly certificate: string | null;
  readonly resourceVersion: number;
  readonly createdAt: Date;
};

/** The owner of a device's requests. */
export const requestOwner = (device: string): string => `Device/${device}`;

/** Makes a new request, with the parts of its document that are kept. @throws MusterError 400 for one without a name */
export function newSigningRequest(
  document: CertificateSigningRequestRequest,
  { owner, by, now }: { owner: string | null; by: Origin; now: Date },
): SigningRequestRecord {
  const { labels = {}, annotations = {} } = document.metadata;
  const { request, signerName, expirationSeconds, usages } = document.spec;
  const kept = {
    request,
    signerName,
    ...(expirationSeconds !== undefined && { expirationSeconds }),
    ...(usages !== undefined && { usages }),
    username: by.actor,
  };
  return {
    name: requiredName(document, 'request'),
    labels,
    annotations: clientAnnotations(annotations),
    owner,
    spec: kept,
    conditions: [],
    certificate: null,
    resourceVersion: 1,
    createdAt: now,
  };
}

/** The request that a spec holds, in PEM form. */
export function pemOf({ request }: Pick<CertificateSigningRequestSpec, 'request'>): string {
  return Buffer.from(request, 'base64').toString('latin1');
}

/** A certificate signing request as the API shows it. */
export function signingRequestDocument(record: SigningRequestRecord): CertificateSigningRequest {
  const { certificate } = record;
  return {
    apiVersion: 'flightctl.io/v1beta1',
    kind: 'CertificateSigningRequest',
    metadata: {
      name: record.name,
      creationTimestamp: record.createdAt.toISOString(),
      labels: { ...record.labels },
      annotations: { ...record.annotations },
      resourceVersion: String(record.resourceVersion),
      ...(record.owner === null ? {} : { owner: record.owner }),
    },
    spec: record.spec,
    status: {
      conditions: [...record.conditions],
      ...(certificate !== null && { certificate: Buffer.from(certificate).toString('base64') }),
    },
  };
}

export type SigningDecision = 'Approved' | 'Denied';

/** The decision that an answer holds. @throws MusterError 400 unless it is exactly one */
export function decisionIn({ status }: CertificateSigningRequestAnswer): SigningDecision {
  const decisions = status.conditions.filter(({ type }) => type === 'Approved' || type === 'Denied');
  const [decision, ...more] = decisions;
  if (decision === undefined || more.length > 0 || decision.status !== 'True') {
    throw badRequest('status.conditions: expected one condition Approved or Denied, with status True');
  }
  return decision.type === 'Approved' ? 'Approved' : 'Denied';
}

/** @throws MusterError 409 for a request that was answered: an answer stands */
export function assertUnanswered({ name, conditions }: SigningRequestRecord): void {
  const [answer] = conditions;
  if (answer === undefined) return;
  throw conflict(`certificate signing request ${name} was ${answer.type.toLowerCase()}: ${answer.message}`);
}

/** The condition of a decision. */
export function decisionCondition(type: SigningDecision, message: string, now: Date): Condition {
  return { type, status: 'True', reason: type, message, lastTransitionTime: now.toISOString() };
}

/** The refusal if no device CA is configured. Not 503: it does not pass by itself. */
export function noDeviceCa(): MusterError {
  return badRequest(
    'no certificate can be issued, because no device CA is configured: MUSTER_DEVICE_CA_CERT and MUSTER_DEVICE_CA_KEY name its files',
  );
}
