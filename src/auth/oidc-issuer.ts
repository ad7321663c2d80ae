import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type FlattenedJWSInput,
  type JWSHeaderParameters,
  type RemoteJWKSet,
} from 'jose';
import { z } from 'zod';
import type { Clock } from '../time/clock.ts';
import { unavailable } from '../domain/errors.ts';
import type { Log } from '../logging/log.ts';
import { rootCause } from '../logging/root-cause.ts';

/** Longest wait for an answer of the issuer. */
const timeoutMs = 5_000;
/** After the issuer could not be reached, how long it is left alone: a crowd of requests must not make it worse. */
const pauseMs = 5_000;
/** Least time between two searches for a key that is not known: anybody can make keys up. */
const defaultCooldownMs = 10_000;

/** Parts of an issuer's metadata that are needed (OpenID Connect Discovery 1.0, section 3). */
const metadataSchema = z.object({
  issuer: z.string(),
  jwks_uri: z.url(),
  token_endpoint: z.string().optional(),
  token_endpoint_auth_methods_supported: z.array(z.string()).default(['client_secret_basic']),
});

/** The token endpoint of an issuer, and the ways in which a client may show its secret there. */
export type TokenEndpoint = { readonly url: string; readonly authMethods: readonly string[] };

type Discovered = { readonly keys: RemoteJWKSet; readonly tokenEndpoint: TokenEndpoint | undefined };

/** An OpenID Connect issuer, found by discovery: its keys, kept up to date as it rotates them, and its token endpoint. */
export class OidcIssuer {
  readonly url: string;
  private readonly clock: Clock;
  private readonly log: Log;
  private readonly cooldownMs: number;
  private discovered: Promise<Discovered> | undefined;
  /** Milliseconds since the epoch. */
  private leftAloneUntil = 0;

  constructor(url: string, { clock, log, cooldownMs }: { clock: Clock; log: Log; cooldownMs?: number | undefined }) {
    this.url = url;
    this.clock = clock;
    this.log = log;
    this.cooldownMs = cooldownMs ?? defaultCooldownMs;
  }

  /**
   * The key that a token says it is signed with, for jose to verify with.
   *
   * @throws MusterError 503 if the issuer cannot be reached or does not answer as one
   * @throws errors.JOSEError if it has no such key
   */
  readonly findKey = async (header?: JWSHeaderParameters, token?: FlattenedJWSInput) => {
    const { keys } = await this.discovery();
    try {
      return await keys(header, token);
    } catch (error) {
      if (isAboutToken(error)) throw error;
      // Keys that are fresh go on being used: a token with a made-up key must not shut out the others.
      if (!keys.fresh) this.discovered = undefined;
      throw this.unreachable();
    }
  };

  /**
   * Finds the issuer's token endpoint; undefined if it names no address that can be used.
   *
   * @throws MusterError 503 if the issuer cannot be reached or does not answer as one
   */
  async tokenEndpoint(): Promise<TokenEndpoint | undefined> {
    return (await this.discovery()).tokenEndpoint;
  }

  private async discovery(): Promise<Discovered> {
    try {
      this.discovered ??= this.discover();
      return await this.discovered;
    } catch {
      this.discovered = undefined;
      throw this.unreachable();
    }
  }

  private async discover(): Promise<Discovered> {
    const address = `${this.url.replace(/\/$/, '')}/.well-known/openid-configuration`;
    return await this.ask(async () => {
      const response = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
      if (!response.ok) throw new Error(`${address} answers ${response.status}`);
      const metadata = metadataSchema.parse(await response.json());
      if (metadata.issuer !== this.url) {
        throw new Error(`${address} is of the issuer ${metadata.issuer}: expected ${this.url}, letter for letter`);
      }
      if (!this.isAsSafe(metadata.jwks_uri)) {
        throw new Error(`${address} names keys without TLS: ${metadata.jwks_uri}`);
      }
      const keys = createRemoteJWKSet(new URL(metadata.jwks_uri), {
        timeoutDuration: timeoutMs,
        cooldownDuration: this.cooldownMs,
        [customFetch]: async (url, options) => await this.ask(async () => await fetch(url, options)),
      });
      const { token_endpoint: url = '', token_endpoint_auth_methods_supported: authMethods } = metadata;
      return { keys, tokenEndpoint: this.isAsSafe(url) ? { url, authMethods } : undefined };
    });
  }

  /** Tells if a text is an address, with TLS if that of the issuer has it. */
  private isAsSafe(text: string): boolean {
    if (!URL.canParse(text)) return false;
    const { protocol } = new URL(text);
    return protocol === 'https:' || protocol === new URL(this.url).protocol;
  }

  /** Asks the issuer something, unless it did not answer just now. */
  private async ask<Answer>(question: () => Promise<Answer>): Promise<Answer> {
    if (this.clock.now().getTime() < this.leftAloneUntil) throw new Error('the issuer did not answer just now');
    try {
      return await question();
    } catch (error) {
      this.leftAloneUntil = this.clock.now().getTime() + pauseMs;
      this.log.warn({ issuer: this.url, error: rootCause(error) }, 'the OIDC issuer cannot be asked for its keys');
      throw error;
    }
  }

  private unreachable() {
    return unavailable('the OIDC issuer cannot be reached, so the token cannot be checked now', pauseMs / 1_000);
  }
}

/** Tells if it is the token's fault that no key was found for it. */
function isAboutToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  );
}
