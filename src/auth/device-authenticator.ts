import type { IncomingMessage } from 'node:http';
import type { Clock } from '../time/clock.ts';
import type { Config } from '../config/config.ts';
import { unauthorized, type MusterError } from '../domain/errors.ts';
import { isAgentAuthenticated } from '../config/listen-rules.ts';
import { LRUCache } from 'lru-cache';
import { holderOf, type CertificateHolder } from './certificate-name.ts';
import { isWithin, readClientAuthority, type ClientAuthority, type Validity } from './client-authority.ts';
import type { CredentialFiles, Kept } from './credential-files.ts';
import { readDeviceToken, readTokenKeys, type TokenKeys } from './device-tokens.ts';
import { CredentialReader, type PresentedCredential } from './presented-credential.ts';

/** The identity that a device proved, and the credential that proved it. */
export type DeviceIdentity = CertificateHolder & { readonly credential: PresentedCredential };

/** Faults that the TLS handshake reports for a certificate with no root above its issuers. */
const rootFaults = ['UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'];
/** Tokens whose signature need not be checked again. */
const maxTokens = 20_000;

type CertificateCredential = Extract<PresentedCredential, { kind: 'certificate' }>;

/** Holds for as long as the bundle is the same and the time is within the validity. */
type Accepted = { readonly by: ClientAuthority; readonly validity: Validity; readonly identity: DeviceIdentity };

type Sources = {
  readonly authority: Kept<ClientAuthority> | undefined;
  readonly tokenKeys: Kept<TokenKeys> | undefined;
};

/** Tells who devices are, by certificates and tokens of which nothing is stored: both outlive every restore. */
export class DeviceAuthenticator {
  private readonly sources: Sources;
  private readonly clock: Clock;
  private readonly reader: CredentialReader;
  private readonly checkedTokens = new LRUCache<string, { device: string; expiresAt: Date | undefined }>({
    max: maxTokens,
  });
  private checkedWith: TokenKeys | undefined;
  /** Findings about each certificate that was accepted: that of a connection, or a forwarded one, is looked at once. */
  private readonly accepted = new WeakMap<CertificateCredential, Accepted>();

  private constructor(config: Config, clock: Clock, sources: Sources) {
    this.clock = clock;
    this.sources = sources;
    this.reader = new CredentialReader({
      tokens: sources.tokenKeys !== undefined,
      certificates: sources.authority !== undefined,
      forwardedHeader: config.forwardedCertHeader,
      trustedProxies: config.trustedProxies,
    });
  }

  /** Undefined if devices need not say who they are. @throws Error naming the setting whose file cannot be used */
  static async open(config: Config, clock: Clock, files: CredentialFiles): Promise<DeviceAuthenticator | undefined> {
    if (!isAgentAuthenticated(config)) return undefined;
    const { agentClientCa, deviceTokenKeys } = config;
    return new DeviceAuthenticator(config, clock, {
      authority: agentClientCa === undefined ? undefined : await keepAuthority(files, agentClientCa),
      tokenKeys: deviceTokenKeys === undefined ? undefined : await keepTokenKeys(files, deviceTokenKeys),
    });
  }

  /** Identifies the device that sends a request. @throws MusterError 401 saying what is missing, or wrong */
  async identify(request: IncomingMessage): Promise<DeviceIdentity> {
    const credential = this.reader.read(request);
    if (credential === undefined) throw unauthorized(this.whatIsMissing);
    return await this.check(credential);
  }

  /** Checks that a credential still holds: it may have expired meanwhile. @throws MusterError 401 if not */
  async check(credential: PresentedCredential): Promise<DeviceIdentity> {
    switch (credential.kind) {
      case 'token':
        return { kind: 'device', name: await this.checkToken(credential.token), credential };
      case 'certificate':
        return this.checkCertificate(credential);
      case 'unreadable':
        throw unauthorized(`the ${credential.what} cannot be read; ${this.whatIsMissing}`);
      default:
        return credential satisfies never;
    }
  }

  /** Accepted schemes, for `WWW-Authenticate` (RFC 9110, section 11.6.1); undefined if none of them is one of HTTP. */
  get challenge(): string | undefined {
    return this.sources.tokenKeys === undefined ? undefined : 'Bearer realm="muster-agent"';
  }

  private async checkToken(token: string): Promise<string> {
    const keys = this.sources.tokenKeys?.current ?? [];
    if (this.checkedWith !== keys) {
      this.checkedTokens.clear();
      this.checkedWith = keys;
    }
    const now = this.clock.now();
    const known = this.checkedTokens.get(token);
    if (known !== undefined && (known.expiresAt === undefined || now < known.expiresAt)) return known.device;
    const found = await readDeviceToken(token, { keys, now });
    if ('fault' in found) throw unauthorized(`the device token ${found.fault}`);
    if (this.checkedWith === keys) this.checkedTokens.set(token, found);
    return found.device;
  }

  private checkCertificate(credential: CertificateCredential): DeviceIdentity {
    const authority = this.sources.authority?.current;
    if (authority === undefined) throw unauthorized(this.whatIsMissing);
    const now = this.clock.now();
    const known = this.accepted.get(credential);
    if (known !== undefined && known.by === authority && isWithin(known.validity, now)) return known.identity;
    const { certificate, presented, handshakeFault } = credential;
    const found = authority.examine(certificate, { presented, now });
    if ('fault' in found) throw refusedCertificate(found.fault);
    // Only above an intermediate authority of the bundle is nothing missing: it is trusted by itself, which TLS does not know.
    const isAccepted =
      handshakeFault === null || (rootFaults.includes(handshakeFault) && authority.isDirectIssuerOf(certificate));
    if (!isAccepted) throw refusedCertificate('was not accepted in the TLS handshake');
    const holder = holderOf(certificate);
    if ('fault' in holder) throw refusedCertificate(holder.fault);
    const identity = { ...holder, credential };
    this.accepted.set(credential, { by: authority, validity: found, identity });
    return identity;
  }

  private get whatIsMissing(): string {
    const { authority, tokenKeys } = this.sources;
    const accepted = [
      ...(authority === undefined ? [] : ['a client certificate issued for the device']),
      ...(tokenKeys === undefined ? [] : ['a device token (Authorization: Bearer …)']),
    ];
    return `expected ${accepted.join(' or ')}`;
  }
}

function refusedCertificate(fault: string): MusterError {
  return unauthorized(`the device certificate ${fault}`);
}

async function keepAuthority(files: CredentialFiles, path: string): Promise<Kept<ClientAuthority>> {
  return await files.keep({
    what: 'authorities of devices',
    paths: [path],
    read: async () => (await readClientAuthority({ setting: 'MUSTER_AGENT_CLIENT_CA', path })).authority,
  });
}

async function keepTokenKeys(files: CredentialFiles, path: string): Promise<Kept<TokenKeys>> {
  return await files.keep({
    what: 'keys of device tokens',
    paths: [path],
    read: () => readTokenKeys({ setting: 'MUSTER_DEVICE_TOKEN_KEYS', path }),
  });
}
