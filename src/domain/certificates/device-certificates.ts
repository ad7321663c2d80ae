import { badRequest, type MusterError } from '../errors.ts';
import type { CertificateIssuer, CertificateWish, CheckedRequest, IssuedCertificate } from './certificate-issuer.ts';
import { devicePrefix, type signers } from './signers.ts';

const dayMs = 86_400_000;

/** Who signs a device's certificate, when, and for how long. */
export type Issuing = {
  readonly issuer: CertificateIssuer;
  readonly now: Date;
  /** Validity of management certificates, in days. */
  readonly days: number;
};

/**
 * Signs the management certificate of a device for the key of its request: the first one when it is let in, the next ones by
 * renewal.
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
  span: Pick<CertificateWish, 'lifetimeMs' | 'now'>,
): CertificateWish {
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
