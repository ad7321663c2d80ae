import { appendEvents } from '../db/event-log.ts';
import { lockSigningRequest, saveSigningAnswer } from '../db/signing-request-store.ts';
import { signingAnswerEvent } from '../domain/certificates/certificate-events.ts';
import type { CertificateIssuer, IssuedCertificate } from '../domain/certificates/certificate-issuer.ts';
import { issueEnrollmentCertificate } from '../domain/certificates/device-certificates.ts';
import {
  assertUnanswered,
  decisionCondition,
  decisionIn,
  noDeviceCa,
  pemOf,
  signingRequestDocument,
  type SigningRequestRecord,
} from '../domain/certificates/signing-request.ts';
import type {
  CertificateSigningRequest,
  CertificateSigningRequestAnswer,
} from '../domain/resources/certificate-signing-request.ts';
import { noSuchSigningRequest } from './read-signing-request.ts';
import type { Origin } from '../domain/event.ts';
import { inRestore, type RestoreDeps } from './steps/in-restore.ts';

type Deps = RestoreDeps & { deviceCa: CertificateIssuer | undefined };

/**
 * Approves or denies a person's request for an enrollment certificate. An approval issues the certificate.
 *
 * @throws MusterError 400 for an answer that is none, or without a device CA; 404; 409 if it was answered before; 503 while
 * the device CA is not valid
 */
export async function answerSigningRequest(
  deps: Deps,
  { name, answer, by }: { name: string; answer: CertificateSigningRequestAnswer; by: Origin },
): Promise<CertificateSigningRequest> {
  const decision = decisionIn(answer);
  return await inRestore(deps, async (tx, at) => {
    const known = await lockSigningRequest(tx, name);
    if (known === undefined) throw noSuchSigningRequest(name);
    assertUnanswered(known);
    const issued = decision === 'Approved' ? await issue(deps.deviceCa, known, at.now) : undefined;
    const answered = {
      ...known,
      conditions: [decisionCondition(decision, `${decision} by ${by.actor}.`, at.now)],
      certificate: issued?.certificate ?? null,
      resourceVersion: known.resourceVersion + 1,
    };
    await saveSigningAnswer(tx, answered);
    const event = signingAnswerEvent(name, decision, { by, expiresAt: issued?.expiresAt });
    await appendEvents(tx, [event], at);
    return signingRequestDocument(answered);
  });
}

async function issue(
  issuer: CertificateIssuer | undefined,
  { name, spec }: SigningRequestRecord,
  now: Date,
): Promise<IssuedCertificate> {
  if (issuer === undefined) throw noDeviceCa();
  return await issueEnrollmentCertificate(name, await issuer.read(pemOf(spec)), spec, { issuer, now });
}
