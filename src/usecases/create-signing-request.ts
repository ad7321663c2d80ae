import { appendEvents } from '../db/event-log.ts';
import { insertSigningRequest } from '../db/signing-request-store.ts';
import { signingAnswerEvent } from '../domain/certificates/certificate-events.ts';
import type { CertificateIssuer } from '../domain/certificates/certificate-issuer.ts';
import { issueEnrollmentCertificate } from '../domain/certificates/device-certificates.ts';
import { signers } from '../domain/certificates/signers.ts';
import {
  decisionCondition,
  newSigningRequest,
  noDeviceCa,
  pemOf,
  signingRequestDocument,
  type SigningRequestRecord,
} from '../domain/certificates/signing-request.ts';
import { alreadyExists, badRequest } from '../domain/errors.ts';
import { createdEvent } from '../domain/resource-events.ts';
import type {
  CertificateSigningRequest,
  CertificateSigningRequestRequest,
} from '../domain/resources/certificate-signing-request.ts';
import type { Origin } from '../domain/event.ts';
import { inRestore, type RestoreDeps } from './steps/in-restore.ts';

export type SigningRequestDeps = RestoreDeps & { deviceCa: CertificateIssuer | undefined };

/** A person's wish for a certificate. */
export type SigningWish = {
  readonly request: CertificateSigningRequestRequest;
  readonly by: Origin;
  /** The one who asks may approve requests as well: then it is approved at once, as Flight Control does. */
  readonly mayDecide: boolean;
};

/**
 * Stores a person's request for an enrollment certificate, with the certificate where it is approved at once.
 *
 * @throws MusterError 400 for a request without a name, another signer, a CSR that is wrong or no device CA; 409 if there is
 * one of that name; 503 while the device CA is not valid
 */
export async function createSigningRequest(
  deps: SigningRequestDeps,
  { request, by, mayDecide }: SigningWish,
): Promise<CertificateSigningRequest> {
  const { deviceCa: issuer } = deps;
  const now = deps.clock.now();
  const wanted = newSigningRequest(withFullSigner(request), { owner: null, by, now });
  requireEnrollmentSigner(wanted);
  if (issuer === undefined) throw noDeviceCa();
  const read = await issuer.read(pemOf(wanted.spec));
  // Signed also where nobody has approved it yet, to be sure that it can be.
  const issued = await issueEnrollmentCertificate(wanted.name, read, wanted.spec, { issuer, now });
  const approved = {
    conditions: [decisionCondition('Approved', `Approved by ${by.actor}, who asked.`, now)],
    certificate: issued.certificate,
  };
  const record: SigningRequestRecord = mayDecide ? { ...wanted, ...approved } : wanted;
  const events = [
    createdEvent({ kind: 'CertificateSigningRequest', name: record.name }, by),
    ...(mayDecide ? [signingAnswerEvent(record.name, 'Approved', { by, expiresAt: issued.expiresAt })] : []),
  ];
  await inRestore(deps, async (tx, { restore }) => {
    if (!(await insertSigningRequest(tx, record))) throw alreadyExists('certificate signing request', record.name);
    await appendEvents(tx, events, { restore, now });
  });
  return signingRequestDocument(record);
}

/** Flight Control knows its enrollment signer by a short name too. */
function withFullSigner(request: CertificateSigningRequestRequest): CertificateSigningRequestRequest {
  const { spec } = request;
  return spec.signerName === 'enrollment' ? { ...request, spec: { ...spec, signerName: signers.enrollment } } : request;
}

function requireEnrollmentSigner({ spec: { signerName } }: SigningRequestRecord): void {
  if (signerName === signers.enrollment) return;
  const found = JSON.stringify(signerName);
  const advice: Readonly<Record<string, string>> = {
    [signers.management]: '; a device gets its certificate when its enrollment request is approved',
    [signers.renewal]: '; a device renews its certificate itself, at the listener for devices',
    [signers.service]: '; a device asks for such a certificate itself, at the listener for devices',
  };
  throw badRequest(`spec.signerName: expected ${signers.enrollment}, found ${found}${advice[signerName] ?? ''}`);
}
