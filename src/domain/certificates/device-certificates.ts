import { badRequest, type MusterError } from '../errors.ts';
import type { CertificateSigningRequestSpec } from '../resources/certificate-signing-request.ts';
import { resourceNameSchema } from '../resources/object-meta.ts';
import type { CertificateIssuer, CertificateOptions, CheckedRequest, IssuedCertificate } from './certificate-issuer.ts';
import { devicePrefix, enrollmentName, signers } from './signers.ts';

const dayMs = 86_400_000;

/** The signer of a device's certificate, the time, and the validity. */
type Issuing = {
  readonly issuer: CertificateIssuer;
  readonly now: Date;
  /** Validity of management certificates, in days. */
  readonly days: number;
};

/**
 * Signs a device's management certificate for the key of its request: the first when the device is approved, the later ones
 * on renewal.
 *
 * @param requestedMs a shorter validity that the device asks for
 * @throws MusterError 400 if the request names another device; as the issuer
 */
export async function issueManagementCertificate(
  device: string,
  request: CheckedRequest,
  signer: typeof signers.management | typeof signers.renewal,
  { issuer, now, days, requestedMs }: Issuing & { readonly requestedMs?: number | undefined },
): Promise<IssuedCertificate> {
  requireOwnName(device, request);
  const longest = days * dayMs;
  const lifetimeMs = Math.min(longest, requestedMs ?? longest);
  return await issuer.issue(request, managementWish(device, signer, { lifetimeMs, now }));
}

function managementWish(
  device: string,
  signer: typeof signers.management | typeof signers.renewal,
  span: Pick<CertificateOptions, 'lifetimeMs' | 'now'>,
): CertificateOptions {
  const commonName = `${devicePrefix}${device}`;
  return { commonName, signer, device: commonName, ...span };
}

/** @throws MusterError 400 unless the common name of the request is the device's name, alone or after `device:` */
export function requireOwnName(device: string, { commonName }: CheckedRequest): void {
  if (commonName !== device && commonName !== `${devicePrefix}${device}`) throw wrongName(device, commonName);
}

function wrongName(device: string, found: string): MusterError {
  return badRequest(
    `the certificate signing request names ${JSON.stringify(found)}: expected the common name ${device}, which is the device's name`,
  );
}

/** Signers that a device may ask for its own certificates. */
const deviceSigners: readonly string[] = [signers.renewal, signers.service];

/**
 * Signs a certificate for a device that has shown its management certificate: its next management certificate, or one for
 * talking to other services. The name of the second kind ends with the device's name, so that no device can take the name
 * of another.
 *
 * @throws MusterError 400 for another signer or a name that is not the device's own; as the issuer
 */
export async function issueForDevice(
  device: string,
  request: CheckedRequest,
  { signerName, expirationSeconds }: CertificateSigningRequestSpec,
  issuing: Issuing,
): Promise<IssuedCertificate> {
  const requestedMs = expirationSeconds === undefined ? undefined : expirationSeconds * 1_000;
  if (signerName === signers.renewal) {
    return await issueManagementCertificate(device, request, signers.renewal, { ...issuing, requestedMs });
  }
  if (signerName !== signers.service) {
    throw badRequest(`spec.signerName: expected ${deviceSigners.join(' or ')}, found ${JSON.stringify(signerName)}`);
  }
  const { commonName } = request;
  if (!commonName.endsWith(`-${device}`) || !resourceNameSchema.safeParse(commonName).success) {
    throw badRequest(
      `the certificate signing request names ${JSON.stringify(commonName)}: expected a common name that ends with -${device}`,
    );
  }
  const longest = issuing.days * dayMs;
  const lifetimeMs = Math.min(longest, requestedMs ?? longest);
  return await issuing.issuer.issue(request, {
    commonName,
    signer: signers.service,
    device,
    lifetimeMs,
    now: issuing.now,
  });
}

/** Validity of an enrollment certificate if the request asks for none, as in Flight Control. */
const usualEnrollmentMs = 365 * dayMs;

/**
 * Signs a certificate with which devices may send enrollment requests.
 *
 * @param name of the request; the common name of its CSR is the same, each with or without `client-enrollment-` before it
 * @throws MusterError 400 for any other common name; as the issuer
 */
export async function issueEnrollmentCertificate(
  name: string,
  request: CheckedRequest,
  { expirationSeconds }: CertificateSigningRequestSpec,
  { issuer, now }: Pick<Issuing, 'issuer' | 'now'>,
): Promise<IssuedCertificate> {
  const commonName = enrollmentNameOf(name);
  if (enrollmentNameOf(request.commonName) !== commonName) {
    throw badRequest(
      `the certificate signing request names ${JSON.stringify(request.commonName)}: expected the common name ${name}, which is the request's name`,
    );
  }
  const lifetimeMs = expirationSeconds === undefined ? usualEnrollmentMs : expirationSeconds * 1_000;
  return await issuer.issue(request, { commonName, signer: signers.enrollment, lifetimeMs, now });
}

function enrollmentNameOf(name: string): string {
  return name === enrollmentName || name.startsWith(`${enrollmentName}-`) ? name : `${enrollmentName}-${name}`;
}
