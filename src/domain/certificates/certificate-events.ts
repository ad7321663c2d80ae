import type { NewEvent, Origin } from '../event.ts';
import type { SigningDecision } from './signing-request.ts';

/** The event of a certificate issued to a device after its first one. */
export function certificateIssuedEvent(
  device: string,
  { expiresAt, by }: { readonly expiresAt: Date; readonly by: Origin },
): NewEvent {
  const until = expiresAt.toISOString();
  return {
    type: 'Normal',
    reason: 'DeviceCertificateIssued',
    involved: { kind: 'Device', name: device },
    message: `Device ${device} got a certificate that is valid until ${until}.`,
    details: { detailType: 'MusterCertificate', expiresAt: until },
    by,
  };
}

/** The event of a person's answer to a certificate signing request. */
export function signingAnswerEvent(
  name: string,
  decision: SigningDecision,
  { by, expiresAt }: { readonly by: Origin; readonly expiresAt: Date | undefined },
): NewEvent {
  const until = expiresAt?.toISOString();
  const then = until === undefined ? '' : ` Its certificate is valid until ${until}.`;
  return {
    type: 'Normal',
    reason: `CertificateSigningRequest${decision}`,
    involved: { kind: 'CertificateSigningRequest', name },
    message: `Certificate signing request ${name} was ${decision.toLowerCase()}.${then}`,
    ...(until !== undefined && { details: { detailType: 'MusterCertificate', expiresAt: until } }),
    by,
  };
}
