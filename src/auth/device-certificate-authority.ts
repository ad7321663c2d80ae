import 'reflect-metadata';
import { createPrivateKey, webcrypto, X509Certificate, type KeyObject } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PublicKey,
  SubjectKeyIdentifierExtension,
  X509Certificate as ParsedCertificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type {
  CertificateIssuer,
  CertificateOptions,
  CheckedRequest,
  IssuedCertificate,
} from '../domain/certificates/certificate-issuer.ts';
import { extensionIds } from '../domain/certificates/signers.ts';
import { unavailable } from '../domain/errors.ts';
import { organizationId } from '../domain/organization.ts';
import { checkCertificateRequest } from './certificate-request.ts';
import type { CredentialFiles, Kept } from './credential-files.ts';
import { printableString } from './der.ts';
import { pemBlocks, readNamedFile, type NamedFile } from './pem-file.ts';

/** The certificate of the device CA and its key, as files. */
export type DeviceCaFiles = { readonly cert: NamedFile; readonly key: NamedFile };

/** The device CA as its files say. */
export type DeviceCa = {
  readonly certificate: X509Certificate;
  /** In PEM form. */
  readonly key: KeyObject;
};

/** Clocks of devices may be behind. */
const headStartMs = 5 * 60_000;
/** Renewing the CA's own certificate is for people to do. */
const retryAfterSeconds = 600;

/**
 * Reads the device CA. The file may hold other certificates too, such as that of a root above an intermediate CA: the one
 * that counts is the one that the key belongs to.
 *
 * @throws Error naming the setting that is wrong, and how
 */
export async function readDeviceCa({ cert, key }: DeviceCaFiles): Promise<DeviceCa> {
  const [certText, keyText] = await Promise.all([readNamedFile(cert), readNamedFile(key)]);
  const certificates = pemBlocks(certText, 'CERTIFICATE').map((pem) => certificateIn(cert, pem));
  if (certificates.length === 0) {
    throw new Error(`${cert.setting}: expected at least one certificate in PEM form in ${cert.path}`);
  }
  const privateKey = keyIn(key, keyText);
  const certificate = certificates.find((candidate) => candidate.checkPrivateKey(privateKey));
  if (certificate === undefined) {
    throw new Error(`${key.setting}: the key in ${key.path} is not that of a certificate in ${cert.path}`);
  }
  if (!certificate.ca) {
    const subject = certificate.subject.replaceAll('\n', ', ');
    throw new Error(
      `${cert.setting}: expected the certificate of an authority in ${cert.path}, found that of ${subject}`,
    );
  }
  algorithmsOf(key, privateKey);
  return { certificate, key: privateKey };
}

function certificateIn({ setting, path }: NamedFile, pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw new Error(`${setting}: ${path} holds a certificate that cannot be read`, { cause: error });
  }
}

function keyIn({ setting, path }: NamedFile, text: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (error) {
    throw new Error(`${setting}: expected a private key without a passphrase in PEM form in ${path}`, { cause: error });
  }
}

type Algorithms = {
  readonly key: Parameters<typeof webcrypto.subtle.importKey>[2] & object;
  readonly signature: { readonly name: string; readonly hash?: string };
};

const curves: Readonly<Record<string, { readonly namedCurve: string; readonly hash: string }>> = {
  prime256v1: { namedCurve: 'P-256', hash: 'SHA-256' },
  secp384r1: { namedCurve: 'P-384', hash: 'SHA-384' },
  secp521r1: { namedCurve: 'P-521', hash: 'SHA-512' },
};

/** @throws Error for a key that nothing is signed with here */
function algorithmsOf(
  { setting, path }: NamedFile,
  { asymmetricKeyType, asymmetricKeyDetails }: KeyObject,
): Algorithms {
  const { namedCurve = '', modulusLength = 0 } = asymmetricKeyDetails ?? {};
  const curve = curves[namedCurve];
  if (asymmetricKeyType === 'ec' && curve !== undefined) {
    const { hash } = curve;
    return { key: { name: 'ECDSA', namedCurve: curve.namedCurve }, signature: { name: 'ECDSA', hash } };
  }
  if (asymmetricKeyType === 'rsa' && modulusLength >= 2_048) {
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
    return { key: algorithm, signature: algorithm };
  }
  if (asymmetricKeyType === 'ed25519') return { key: { name: 'Ed25519' }, signature: { name: 'Ed25519' } };
  throw new Error(
    `${setting}: expected a key of EC P-256, P-384 or P-521, RSA with at least 2048 bits or Ed25519 in ${path}`,
  );
}

/** Signs certificates for devices, with a CA whose files are read again whenever they change. */
export class DeviceCertificateAuthority implements CertificateIssuer {
  private readonly signer: Kept<Signer>;

  private constructor(signer: Kept<Signer>) {
    this.signer = signer;
  }

  /** @throws Error as {@link readDeviceCa} */
  static async open(files: DeviceCaFiles, watched: CredentialFiles): Promise<DeviceCertificateAuthority> {
    const signer = await watched.keep({
      what: 'the device CA',
      paths: [files.cert.path, files.key.path],
      read: () => readSigner(files),
    });
    return new DeviceCertificateAuthority(signer);
  }

  read(request: string): Promise<CheckedRequest> {
    return checkCertificateRequest(request);
  }

  async issue({ publicKey }: CheckedRequest, options: CertificateOptions): Promise<IssuedCertificate> {
    const { current: signer } = this.signer;
    const { validFrom, validTo } = signer.ca.certificate;
    const until = new Date(validTo);
    if (options.now < new Date(validFrom)) throw notValid(`is not valid before ${new Date(validFrom).toISOString()}`);
    if (options.now >= until) throw notValid(`expired on ${until.toISOString()}`);
    // Certificates count in whole seconds.
    const wanted = Math.floor((options.now.getTime() + options.lifetimeMs) / 1_000) * 1_000;
    const notAfter = new Date(Math.min(wanted, until.getTime()));
    const certificate = await X509CertificateGenerator.create({
      subject: [{ CN: [options.commonName] }],
      // As it is, and not as the library would write it: some compare names by their bytes.
      issuer: signer.issuer.subjectName,
      publicKey: new PublicKey(publicKey),
      notBefore: new Date(Math.max(options.now.getTime() - headStartMs, Date.parse(validFrom))),
      notAfter,
      signingKey: signer.key,
      signingAlgorithm: signer.algorithm,
      extensions: await extensionsOf(options, publicKey, signer),
    });
    return { certificate: `${certificate.toString('pem').trim()}\n`, expiresAt: notAfter };
  }
}

type Signer = {
  readonly ca: DeviceCa;
  readonly issuer: ParsedCertificate;
  readonly key: webcrypto.CryptoKey;
  readonly algorithm: Algorithms['signature'];
};

async function readSigner(files: DeviceCaFiles): Promise<Signer> {
  const ca = await readDeviceCa(files);
  const algorithms = algorithmsOf(files.key, ca.key);
  const der = ca.key.export({ type: 'pkcs8', format: 'der' });
  const key = await webcrypto.subtle.importKey('pkcs8', der, algorithms.key, false, ['sign']);
  return { ca, issuer: new ParsedCertificate(ca.certificate.raw), key, algorithm: algorithms.signature };
}

/** The extensions of a client's certificate, in the form in which Flight Control makes them. */
async function extensionsOf(
  { signer, device }: CertificateOptions,
  publicKey: Uint8Array,
  { issuer }: Signer,
): Promise<Extension[]> {
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
    await SubjectKeyIdentifierExtension.create(new PublicKey(publicKey)),
    await keyIdentifierOf(issuer),
    ...flightctlExtensions(signer, device),
  ];
}

/** Identifier of the CA's key, as the CA's certificate states it. */
async function keyIdentifierOf(issuer: ParsedCertificate): Promise<Extension> {
  const stated = issuer.getExtension(SubjectKeyIdentifierExtension);
  return stated === null
    ? await AuthorityKeyIdentifierExtension.create(issuer.publicKey)
    : new AuthorityKeyIdentifierExtension(stated.keyId);
}

/** The extensions by which a certificate names its signer, the organization and its device to Flight Control's service. */
export function flightctlExtensions(signer: string, device?: string): Extension[] {
  const text = (id: string, value: string) => new Extension(id, false, printableString(value));
  return [
    text(extensionIds.signerName, signer),
    text(extensionIds.organization, organizationId),
    ...(device === undefined ? [] : [text(extensionIds.device, device)]),
  ];
}

function notValid(how: string) {
  return unavailable(`no certificate can be issued: that of the device CA ${how}`, retryAfterSeconds);
}
