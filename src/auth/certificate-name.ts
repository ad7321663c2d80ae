import type { X509Certificate } from 'node:crypto';
import { resourceNameSchema } from '../domain/resources/object-meta.ts';

/** Who a certificate is for: a device, or one that wants to become one (which may only enroll). */
export type CertificateHolder = { readonly kind: 'device' | 'enrollment'; readonly name: string };

/** How Flight Control begins the common names of its devices' certificates. */
const devicePrefix = 'device:';
/** The common name of the certificates with which devices of Flight Control enroll, alone or with `-` and more after it. */
const enrollmentName = 'client-enrollment';

/**
 * Whom a certificate names: its common name; without one, the only DNS or URI name among its alternative names. A URI
 * names a device as `spiffe://DOMAIN/…/device/NAME` or `urn:muster:device:NAME`.
 *
 * @returns undefined if it names nobody, more than one, or by what is no name of a resource
 */
export function holderOf(certificate: X509Certificate): CertificateHolder | undefined {
  // Only the older form tells two common names from one with a line's end in it.
  const common: unknown = certificate.toLegacyObject().subject.CN;
  const names = new Set(common === undefined ? alternativeNames(certificate) : [common].flat());
  const [name] = names;
  if (typeof name !== 'string' || names.size > 1) return undefined;
  const plain = name.startsWith(devicePrefix) ? name.slice(devicePrefix.length) : name;
  if (!resourceNameSchema.safeParse(plain).success) return undefined;
  const isForEnrollment = name === enrollmentName || name.startsWith(`${enrollmentName}-`);
  return { kind: isForEnrollment ? 'enrollment' : 'device', name: plain };
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
