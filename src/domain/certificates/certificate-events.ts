import type { NewEvent } from '../event.ts';

/** The event of a certificate that a device gets after its first one. */
export function certificateIssuedEvent(
  device: string,
  { expiresAt, actor }: { readonly expiresAt: Date; readonly actor: string },
): NewEvent {
  const until = expiresAt.toISOString();
  return {
    type: 'Normal',
    reason: 'DeviceCertificateIssued',
    involved: { kind: 'Device', name: device },
    message: `Device ${device} got a certificate that is valid until ${until}.`,
    details: { detailType: 'MusterCertificate', expiresAt: until },
    actor,
  };
}
