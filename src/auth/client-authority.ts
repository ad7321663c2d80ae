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

/** Times from and to which something is valid, in milliseconds of the Unix epoch. */
export type Validity = { readonly fromMs: number; readonly toMs: number };

/** The authorities that issue certificates to devices: those that a bundle names, and no others. */
export class ClientAuthority {
  private readonly anchors: readonly X509Certificate[];
  constructor(anchors: readonly X509Certificate[]) {
    this.anchors = anchors;
  }

  /**
   * Checks that a certificate may be that of a device: issued by one of the authorities, for a client, and valid now
   * (RFC 5280, section 6.1). Signatures do not change: a pass holds until its time is over.
   *
   * @param presented intermediate certificates that came with it
   * @returns from when to when it and all its issuers are valid, or what is wrong with it
   */
  examine(
    certificate: X509Certificate,
    { presented, now }: { presented: readonly X509Certificate[]; now: Date },
  ): Validity | { readonly fault: CertificateFault } {
    if (certificate.ca) return { fault: 'is that of an authority' };
    if (!isForClients(certificate)) return { fault: 'is not meant for clients' };
    const issuers = this.chainOf(certificate, presented);
    if (issuers === undefined) return { fault: notTrusted };
    const above = commonValidity(issuers.map(validityOf));
    if (!isWithin(above, now)) return { fault: notTrusted };
    const own = validityOf(certificate);
    if (now.getTime() < own.fromMs) return { fault: 'is not valid yet' };
    return now.getTime() > own.toMs ? { fault: 'has expired' } : commonValidity([own, above]);
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

function validityOf({ validFrom, validTo }: X509Certificate): Validity {
  return { fromMs: Date.parse(validFrom), toMs: Date.parse(validTo) };
}

function commonValidity(all: readonly Validity[]): Validity {
  return {
    fromMs: Math.max(...all.map(({ fromMs }) => fromMs)),
    toMs: Math.min(...all.map(({ toMs }) => toMs)),
  };
}

/** Tells if a time lies within a validity, its ends included. */
export function isWithin({ fromMs, toMs }: Validity, time: Date): boolean {
  return time.getTime() >= fromMs && time.getTime() <= toMs;
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
