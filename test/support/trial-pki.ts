import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonGeneralNames } from '@peculiar/x509';
import { issueDeviceToken } from '../../src/auth/device-tokens.ts';
import { newTokenKeys } from '../../src/cli/pki/token-key.ts';
import { TrialAuthority, validFor, type PemIdentity, type Validity } from '../../src/cli/pki/trial-authority.ts';

const dayMs = 86_400_000;

export const expired: Validity = {
  notBefore: new Date(Date.now() - 2 * dayMs),
  notAfter: new Date(Date.now() - dayMs),
};
export const notYetValid: Validity = {
  notBefore: new Date(Date.now() + dayMs),
  notAfter: new Date(Date.now() + 2 * dayMs),
};
export const validNow: Validity = validFor(1);

type Said = {
  readonly commonName?: string;
  readonly alternativeNames?: JsonGeneralNames;
  readonly validity?: Validity;
};

/** An authority, a server's certificate and keys for tokens, as files of a directory of its own. */
export class TrialPki {
  readonly directory: string;
  readonly authority: TrialAuthority;
  readonly tokenKey: KeyObject;
  readonly tokenPublicKey: string;

  private constructor(directory: string, authority: TrialAuthority, tokenKey: KeyObject, tokenPublicKey: string) {
    this.directory = directory;
    this.authority = authority;
    this.tokenKey = tokenKey;
    this.tokenPublicKey = tokenPublicKey;
  }

  static async make(): Promise<TrialPki> {
    const { privateKey, publicKey } = newTokenKeys();
    const directory = await mkdtemp(join(tmpdir(), 'muster-pki-'));
    const authority = await TrialAuthority.create('test authority', validNow);
    const pki = new TrialPki(directory, authority, createPrivateKey(privateKey), publicKey);
    await writeFile(pki.path('ca.crt'), pki.ca);
    await writeFile(pki.path('ca.key'), authority.identity.key);
    await writeFile(pki.path('device-token.pub'), publicKey);
    await pki.renewServer();
    return pki;
  }

  path(file: string): string {
    return join(this.directory, file);
  }

  /** The certificate of the authority. */
  get ca(): string {
    return this.authority.identity.certificate;
  }

  /** Settings by which both listeners speak TLS and devices are asked for either credential. */
  get env(): Record<string, string> {
    return { ...this.apiTls, ...this.agentTls, MUSTER_DEVICE_TOKEN_KEYS: this.path('device-token.pub') };
  }

  get apiTls(): Record<string, string> {
    return { MUSTER_API_TLS_CERT: this.path('server.crt'), MUSTER_API_TLS_KEY: this.path('server.key') };
  }

  get agentTls(): Record<string, string> {
    return {
      MUSTER_AGENT_TLS_CERT: this.path('server.crt'),
      MUSTER_AGENT_TLS_KEY: this.path('server.key'),
      MUSTER_AGENT_CLIENT_CA: this.path('ca.crt'),
    };
  }

  /** Settings by which the same authority is the device CA. */
  get deviceCa(): Record<string, string> {
    return { MUSTER_DEVICE_CA_CERT: this.path('ca.crt'), MUSTER_DEVICE_CA_KEY: this.path('ca.key') };
  }

  /** Puts a new certificate of the server in the place of the old one. */
  async renewServer(): Promise<PemIdentity> {
    const server = await this.authority.issueServer(['localhost', '127.0.0.1'], validNow);
    await writeFile(this.path('server.crt'), server.certificate);
    await writeFile(this.path('server.key'), server.key);
    return server;
  }

  async device(name: string, validity = validNow): Promise<PemIdentity> {
    return await this.authority.issueDevice(name, validity);
  }

  /** A client's certificate that says just this. */
  async client({ commonName, alternativeNames, validity = validNow }: Said): Promise<PemIdentity> {
    return await this.authority.issue({
      subject: commonName === undefined ? [{ O: ['Acme'] }] : [{ CN: [commonName] }],
      usage: 'client',
      validity,
      ...(alternativeNames && { alternativeNames }),
    });
  }

  async token(device: string, lifetimeSeconds?: number): Promise<string> {
    return await issueDeviceToken(device, { key: this.tokenKey, now: new Date(), lifetimeSeconds });
  }

  /** The public key, as a verifier that takes it for a shared secret would. */
  get publicKeyBytes(): Buffer {
    return createPublicKey(this.tokenPublicKey).export({ type: 'spki', format: 'der' });
  }

  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }
}
