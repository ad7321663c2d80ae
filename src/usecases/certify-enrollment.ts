import type {
  CertificateIssuer,
  CheckedRequest,
  IssuedCertificate,
} from '../domain/certificates/certificate-issuer.ts';
import { issueManagementCertificate } from '../domain/certificates/device-certificates.ts';
import { signers } from '../domain/certificates/signers.ts';
import type { EnrollmentRequestRecord } from '../domain/enrollment/enrollment-request-record.ts';

/** Dependencies of signing certificates of devices; without a device CA none is signed. */
export type DeviceCaDeps = {
  readonly deviceCa: CertificateIssuer | undefined;
  readonly config: { readonly deviceCertificateDays: number };
};

/** A certificate, and the request for it that was read. */
export type CertifiedEnrollment = { readonly read: CheckedRequest; readonly issued: IssuedCertificate };

/**
 * Signs the management certificate that an enrollment request asks for.
 *
 * @returns undefined where there is no device CA
 * @throws MusterError 400 if the request's CSR is wrong or names another device; 503 while the CA is not valid
 */
export async function certifyEnrollment(
  { deviceCa: issuer, config }: DeviceCaDeps,
  { name, spec }: Pick<EnrollmentRequestRecord, 'name' | 'spec'>,
  now: Date,
): Promise<CertifiedEnrollment | undefined> {
  if (issuer === undefined) return undefined;
  const read = await issuer.read(spec.csr);
  const issuing = { issuer, now, days: config.deviceCertificateDays };
  return { read, issued: await issueManagementCertificate(name, read, signers.management, issuing) };
}
