import { createHash, webcrypto } from 'node:crypto';
// The library needs it, and looks for it when it is loaded.
import 'reflect-metadata';
import { PemConverter, Pkcs10CertificateRequestGenerator, cryptoProvider } from '@peculiar/x509';

/** A device's key and its request for a certificate, both in PEM form. */
export type DeviceIdentity = { readonly key: string; readonly request: string };

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const base32hex = '0123456789abcdefghijklmnopqrstuv';

/** Makes a key, as an agent does once. @param name the device, whose name a request carries; named by its key if not given */
export async function makeIdentity(name?: string): Promise<DeviceIdentity & { readonly name: string }> {
  cryptoProvider.set(webcrypto);
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const point = await webcrypto.subtle.exportKey('raw', keys.publicKey);
  const named = name ?? nameOfKey(Buffer.from(point));
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: [named] }],
    keys,
    signingAlgorithm: algorithm,
  });
  const key = PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  return { name: named, key, request: request.toString('pem') };
}

/**
 * The name that an agent gives its device: SHA-256 over X and Y of the public key, in lower-case base32hex without
 * padding (flight-control.md, section 2).
 *
 * @param point the public key as an uncompressed point: one byte that says so, X and Y
 */
export function nameOfKey(point: Buffer): string {
  let bits = '';
  for (const byte of createHash('sha256').update(point.subarray(1)).digest()) bits += byte.toString(2).padStart(8, '0');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => base32hex[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}
