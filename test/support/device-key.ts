import 'reflect-metadata';
import { KeyObject, webcrypto } from 'node:crypto';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import { nameOfKey } from '../../src/auth/key-name.ts';

const p256 = { name: 'ECDSA', namedCurve: 'P-256' } as const;
type KeyAlgorithm = { readonly name: string; readonly [parameter: string]: unknown };

/** The key of a device, as the agent of Flight Control has one: its name comes of it. */
export class DeviceKey {
  readonly name: string;
  /** In PEM form. */
  readonly key: string;
  private readonly pair: webcrypto.CryptoKeyPair;
  private readonly hash: string;

  private constructor(pair: webcrypto.CryptoKeyPair, hash: string) {
    this.pair = pair;
    this.hash = hash;
    this.name = nameOfKey(KeyObject.from(pair.publicKey)) ?? '';
    this.key = KeyObject.from(pair.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString();
  }

  static async make(algorithm: KeyAlgorithm = p256, hash = 'SHA-256'): Promise<DeviceKey> {
    const pair = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    if (!('privateKey' in pair)) throw new Error('expected a pair of keys');
    return new DeviceKey(pair, hash);
  }

  /** A certificate signing request in PEM form, for its own name if no other is given. */
  async request(subject = `CN=${this.name}`): Promise<string> {
    const signingAlgorithm = { name: this.pair.privateKey.algorithm.name, hash: this.hash };
    const request = await Pkcs10CertificateRequestGenerator.create({
      name: subject,
      keys: this.pair,
      signingAlgorithm,
    });
    return request.toString('pem');
  }
}
