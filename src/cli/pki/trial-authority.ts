import 'reflect-metadata';
import { createPrivateKey, KeyObject, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
  type Extension,
  type JsonGeneralNames,
  type JsonName,
} from '@peculiar/x509';

/** A certificate and its private key (PKCS #8), both in PEM form. */
export type PemIdentity = { readonly certificate: string; readonly key: string };

export type Validity = { readonly notBefore: Date; readonly notAfter: Date };

/** Content of a certificate to make. */
type CertificateOptions = {
  readonly subject: JsonName;
  readonly alternativeNames?: JsonGeneralNames;
  readonly usage: 'client' | 'server';
  /** Extensions besides the usual ones. */
  readonly extensions?: readonly Extension[];
  readonly validity: Validity;
};

const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' } as const;
const keyUses: KeyUsage[] = ['sign', 'verify'];
const extendedUsages = { client: ExtendedKeyUsage.clientAuth, server: ExtendedKeyUsage.serverAuth } as const;
const dayMs = 86_400_000;
/** Clocks of devices may be behind. */
const headStartMs = 5 * 60_000;

type KeyUsage = Parameters<typeof webcrypto.subtle.generateKey>[2][number];

/** Validity from a little before now to a number of days after. */
export function validFor(days: number, now = new Date()): Validity {
  return { notBefore: new Date(now.getTime() - headStartMs), notAfter: new Date(now.getTime() + days * dayMs) };
}

/** A certificate authority for trials and small fleets: its key is a file, and it keeps no record of what it issued. */
export class TrialAuthority {
  readonly identity: PemIdentity;
  private readonly certificate: X509Certificate;
  private readonly key: webcrypto.CryptoKey;

  private constructor(identity: PemIdentity, certificate: X509Certificate, key: webcrypto.CryptoKey) {
    this.identity = identity;
    this.certificate = certificate;
    this.key = key;
  }

  /** A new one, with a key of its own. */
  static async create(name: string, validity: Validity): Promise<TrialAuthority> {
    const keys = await newKeys();
    const certificate = await X509CertificateGenerator.createSelfSigned({
      name: [{ CN: [name] }],
      keys,
      ...validity,
      signingAlgorithm,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    const identity = { certificate: pemOf(certificate), key: keyPem(keys.privateKey) };
    return new TrialAuthority(identity, certificate, keys.privateKey);
  }

  /** One that was made before. @throws Error if either is not what it should be, or they do not belong together */
  static async open(identity: PemIdentity): Promise<TrialAuthority> {
    const certificate = new X509Certificate(identity.certificate);
    const der = createPrivateKey(identity.key).export({ type: 'pkcs8', format: 'der' });
    const key = await webcrypto.subtle.importKey('pkcs8', der, keyAlgorithm, false, ['sign']);
    return new TrialAuthority(identity, certificate, key);
  }

  /** @param hosts names and IP addresses by which clients reach the server */
  async issueServer(hosts: readonly string[], validity: Validity): Promise<PemIdentity> {
    return await this.issue({
      subject: [{ CN: [hosts[0] ?? 'muster'] }],
      alternativeNames: hosts.map((host) => ({ type: isIP(host) === 0 ? 'dns' : 'ip', value: host })),
      usage: 'server',
      validity,
    });
  }

  async issueDevice(name: string, validity: Validity): Promise<PemIdentity> {
    return await this.issue({ subject: [{ CN: [name] }], usage: 'client', validity });
  }

  async issue({
    subject,
    alternativeNames = [],
    usage,
    validity,
    extensions: further = [],
  }: CertificateOptions): Promise<PemIdentity> {
    const keys = await newKeys();
    const extensions: Extension[] = [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([extendedUsages[usage]]),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(this.certificate.publicKey),
      ...further,
    ];
    if (alternativeNames.length > 0) extensions.push(new SubjectAlternativeNameExtension(alternativeNames));
    const certificate = await X509CertificateGenerator.create({
      subject,
      issuer: this.certificate.subjectName.toJSON(),
      publicKey: keys.publicKey,
      signingKey: this.key,
      ...validity,
      signingAlgorithm,
      extensions,
    });
    return { certificate: pemOf(certificate), key: keyPem(keys.privateKey) };
  }
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return await webcrypto.subtle.generateKey(keyAlgorithm, true, keyUses);
}

function pemOf(certificate: X509Certificate): string {
  return `${certificate.toString('pem').trim()}\n`;
}

function keyPem(key: webcrypto.CryptoKey): string {
  return KeyObject.from(key).export({ type: 'pkcs8', format: 'pem' }).toString();
}
