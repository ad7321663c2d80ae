import { X509Certificate } from 'node:crypto';
import { pemBlocks, readNamedFile, type NamedFile } from './pem-file.ts';

/** Issuers between a certificate and an authority of the bundle. */
const maxChain = 5;
/** Extended key usage of a TLS client (RFC 5280, section 4.2.1.12), and the one that stands for any. */
const clientUsages = ['1.3.6.1.5.5.7.3.2', '2.5.29.37.0'];

const notTrusted = 'was not issued by an authority that is trusted here';

/** Reasons for refusing a certificate, in words for its holder. */
type CertificateFault =
  | 'is that of an authority'
  | 'is not meant for clients'
  | 'is not valid yet'
  | 'has expired'
  | typeof notTrusted;

/** The authorities that issue certificates to devices: those that a bundle names, and no others. */
export class ClientAuthority {
  private readonly anchors: readonly X509Certificate[];
  /** Issuers found for each certificate: signatures do not change, dates are looked at each time. */
  private readonly chains = new WeakMap<X509Certificate, readonly X509Certificate[]>();

  constructor(anchors: readonly X509Certificate[]) {
    this.anchors = anchors;
  }

  /**
   * Checks that a certificate may be that of a device: issued by one of the authorities, for a client, and valid now
   * (RFC 5280, section 6.1).
   *
   * @param presented intermediate certificates that came with it
   * @returns what is wrong with it, if anything is
   */
  faultOf(
    certificate: X509Certificate,
    { presented, now }: { presented: readonly X509Certificate[]; now: Date },
  ): CertificateFault | undefined {
    if (certificate.ca) return 'is that of an authority';
    if (!isForClients(certificate)) return 'is not meant for clients';
    const chain = this.chains.get(certificate) ?? this.chainOf(certificate, presented);
    if (chain === undefined) return notTrusted;
    this.chains.set(certificate, chain);
    if (chain.some((issuer) => validityFault(issuer, now) !== undefined)) return notTrusted;
    return validityFault(certificate, now);
  }

  /** Tells if the bundle names an authority: by name and key, in any of its certificates. */
  trusts({ subject, publicKey }: X509Certificate): boolean {
    return this.anchors.some((anchor) => anchor.subject === subject && anchor.publicKey.equals(publicKey));
  }

  /** Tells if one of the authorities issued it itself, with no intermediate certificate in between. */
  isDirectIssuerOf(certificate: X509Certificate): boolean {
    return this.anchors.some((anchor) => isIssuer(anchor, certificate));
  }

  /** Its issuers, up to one that the bundle names. */
  private chainOf(
    certificate: X509Certificate,
    presented: readonly X509Certificate[],
  ): readonly X509Certificate[] | undefined {
    const chain: X509Certificate[] = [];
    let issued = certificate;
    while (chain.length < maxChain) {
      const anchor = this.anchors.find((candidate) => isIssuer(candidate, issued));
      if (anchor !== undefined) return [...chain, anchor];
      const issuer = presented.find((candidate) => isIssuer(candidate, issued));
      if (issuer === undefined) return undefined;
      chain.push(issuer);
      issued = issuer;
    }
    return undefined;
  }
}

function isIssuer(issuer: X509Certificate, issued: X509Certificate): boolean {
  // The second compares names and identifiers, the third proves it.
  return issuer.ca && issued.checkIssued(issuer) && issued.verify(issuer.publicKey);
}

/** A certificate that does not say what it is for is for anything. */
function isForClients(certificate: X509Certificate): boolean {
  // What Node calls key usage is the extended one.
  const usages: readonly string[] | undefined = certificate.keyUsage;
  return usages === undefined || usages.some((usage) => clientUsages.includes(usage));
}

function validityFault({ validFrom, validTo }: X509Certificate, now: Date): CertificateFault | undefined {
  if (now.getTime() < Date.parse(validFrom)) return 'is not valid yet';
  return now.getTime() > Date.parse(validTo) ? 'has expired' : undefined;
}

/** Reads a bundle. @throws Error naming the setting if it cannot be read or holds no certificate of an authority */
export async function readClientAuthority(file: NamedFile): Promise<{ bundle: string; authority: ClientAuthority }> {
  const bundle = await readNamedFile(file);
  const anchors = pemBlocks(bundle, 'CERTIFICATE', 'TRUSTED CERTIFICATE').map((pem) => certificateIn(file, pem));
  if (anchors.length === 0)
    throw new Error(`${file.setting}: expected at least one certificate in PEM form in ${file.path}`);
  for (const { ca, subject } of anchors) {
    if (!ca) {
      throw new Error(
        `${file.setting}: expected certificates of authorities in ${file.path}, found that of ${subject.replaceAll('\n', ', ')}`,
      );
    }
  }
  return { bundle, authority: new ClientAuthority(anchors) };
}

function certificateIn({ setting, path }: NamedFile, pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw new Error(`${setting}: ${path} holds a certificate that cannot be read`, { cause: error });
  }
}
