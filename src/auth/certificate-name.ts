import type { X509Certificate } from 'node:crypto';
import { devicePrefix, enrollmentName, extensionIds, signers } from '../domain/certificates/signers.ts';
import { resourceNameSchema } from '../domain/resources/object-meta.ts';
import { extensionText, objectIdentifier } from './der.ts';

/** The bearer of a certificate: a device, or one that wants to become one (which may only enroll). */
export type CertificateHolder = { readonly kind: 'device' | 'enrollment'; readonly name: string };

const signerNameId = objectIdentifier(extensionIds.signerName);
const deviceId = objectIdentifier(extensionIds.device);

const namesNobody = {
  fault: 'does not name a device: expected one name, as its CN or as its only DNS or URI name',
} as const;

/**
 * Finds the name in a certificate: its common name; without one, the only DNS or URI name among its alternative names. A URI
 * names a device as `spiffe://DOMAIN/…/device/NAME` or `urn:muster:device:NAME`. Where a certificate says which signer of
 * Flight Control made it, that decides what it is good for.
 *
 * @returns a fault, in words that follow "the certificate", if it is nobody's pass here
 */
export function holderOf(certificate: X509Certificate): CertificateHolder | { readonly fault: string } {
  const stated = statedName(certificate);
  if (stated === undefined) return namesNobody;
  const name = stated.startsWith(devicePrefix) ? stated.slice(devicePrefix.length) : stated;
  if (!resourceNameSchema.safeParse(name).success) return namesNobody;
  const isForEnrollment = stated === enrollmentName || stated.startsWith(`${enrollmentName}-`);
  const signer = extensionText(certificate.raw, signerNameId);
  switch (signer) {
    case undefined:
      return { kind: isForEnrollment ? 'enrollment' : 'device', name };
    case signers.enrollment:
      return { kind: 'enrollment', name };
    case signers.management:
    case signers.renewal:
      return isForEnrollment || !confirms(extensionText(certificate.raw, deviceId), name)
        ? { fault: `of the signer ${signer} does not name the same device everywhere` }
        : { kind: 'device', name };
    default:
      return { fault: `is not meant for this service: its signer is ${signer ?? 'not readable'}` };
  }
}

/** A certificate may name its device once more; then both are the same. */
function confirms(device: string | null | undefined, name: string): boolean {
  return device === undefined || device === name || device === `${devicePrefix}${name}`;
}

/** A subject of one common name and nothing else, without a character that could be escaped: the form of nearly all. */
const onlyCommonName = /^CN=([\w.:-]+)$/;

function statedName(certificate: X509Certificate): string | undefined {
  const only = onlyCommonName.exec(certificate.subject)?.[1];
  if (only !== undefined) return only;
  // Only the older form tells two common names from one with a line's end in it.
  const common: unknown = certificate.toLegacyObject().subject.CN;
  const names = new Set(common === undefined ? alternativeNames(certificate) : [common].flat());
  const [name] = names;
  return typeof name === 'string' && names.size === 1 ? name : undefined;
}

/** Node puts names with a comma or a quote in quotes; no device has such a name, so they stay as they are and name none. */
function alternativeNames({ subjectAltName = '' }: X509Certificate): string[] {
  return subjectAltName.split(', ').flatMap((text) => {
    const [, type, value = ''] = /^(DNS|URI):(.*)$/s.exec(text) ?? [];
    if (type === undefined) return [];
    return [type === 'URI' ? (deviceInUri(value) ?? value) : value];
  });
}

function deviceInUri(uri: string): string | undefined {
  return /^(?:spiffe:\/\/[^/]+(?:\/[^/]+)*\/devices?\/|urn:muster:device:)([^/:]+)$/.exec(uri)?.[1];
}
