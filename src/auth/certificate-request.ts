import 'reflect-metadata';
import { createPublicKey, type KeyObject } from 'node:crypto';
import { Pkcs10CertificateRequest } from '@peculiar/x509';
import type { CheckedRequest } from '../domain/certificates/certificate-issuer.ts';
import { badRequest, type MusterError } from '../domain/errors.ts';
import { nameOfKey } from './key-name.ts';
import { pemBlocks } from './pem-file.ts';

/** Size of a request that nobody needs more than, in bytes of DER: one with an RSA key of 4096 bits takes less than two thousand. */
const maxBytes = 8_192;
const curves: ReadonlySet<string | undefined> = new Set(['prime256v1', 'secp384r1', 'secp521r1']);
const rsaBits = { least: 2_048, most: 4_096 };
const weakHashes: ReadonlySet<string> = new Set(['SHA-1', 'MD5']);

/**
 * Reads a certificate signing request in PEM form and checks it: its key is strong enough and its signature proves that
 * the key is at hand.
 *
 * @throws MusterError 400 saying what is wrong with it
 */
export async function checkCertificateRequest(pem: string): Promise<CheckedRequest> {
  const request = requestIn(pem);
  const publicKey = new Uint8Array(request.publicKey.rawData);
  const key = strongKey(publicKey);
  if (!(await isSignedByItself(request))) throw refused('has no signature of its own key, made with SHA-256 or better');
  const [commonName, ...more] = request.subjectName.getField('CN');
  if (commonName === undefined || more.length > 0) throw refused('names nobody: expected exactly one common name');
  return { commonName, keyName: nameOfKey(key), publicKey };
}

function requestIn(pem: string): Pkcs10CertificateRequest {
  const [block, ...more] = pemBlocks(pem, 'CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST');
  if (block === undefined || more.length > 0) throw refused('cannot be read: expected one PKCS#10 request in PEM form');
  const der = Buffer.from(block.replaceAll(/-----[^-]+-----/g, ''), 'base64');
  if (der.length > maxBytes) throw refused(`is too long: expected at most ${maxBytes} bytes`);
  try {
    return new Pkcs10CertificateRequest(der);
  } catch {
    // Whatever it is, it is no such request.
    throw refused('cannot be read: expected a PKCS#10 request in PEM form');
  }
}

/** Looked at before the signature is: how long that takes to check depends on the key. */
function strongKey(spki: Uint8Array): KeyObject {
  const key = keyIn(spki);
  const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'ec':
      if (curves.has(namedCurve)) return key;
      break;
    case 'rsa':
      if (modulusLength >= rsaBits.least && modulusLength <= rsaBits.most) return key;
      break;
    case 'ed25519':
      return key;
    default:
  }
  throw refused(
    `has a key that is not accepted: expected EC P-256, P-384 or P-521, Ed25519, or RSA with ${rsaBits.least} to ${rsaBits.most} bits`,
  );
}

function keyIn(spki: Uint8Array): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  } catch {
    // Whatever it is, it is no public key.
    throw refused('has a public key that cannot be read');
  }
}

async function isSignedByItself(request: Pkcs10CertificateRequest): Promise<boolean> {
  try {
    return !weakHashes.has(request.signatureAlgorithm.hash?.name ?? '') && (await request.verify());
  } catch {
    // An algorithm that is not known, or one that is not that of the key.
    return false;
  }
}

function refused(how: string): MusterError {
  return badRequest(`the certificate signing request ${how}`);
}
