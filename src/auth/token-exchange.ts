import { request } from 'undici';
import { z } from 'zod';
import type { Config } from '../config/config.ts';
import { MusterError, tooManyRequests } from '../domain/errors.ts';
import type { TokenGrant, TokenRefusal, TokenResponse } from '../domain/resources/token-request.ts';
import type { Log } from '../logging/log.ts';
import { readBounded } from '../read-bounded.ts';
import type { CredentialFiles } from './credential-files.ts';
import type { OidcIssuer, TokenEndpoint } from './oidc-issuer.ts';
import { readNamedFile, type NamedFile } from './pem-file.ts';

/** Longest time for the whole answer of the issuer. */
const usualTimeoutMs = 10_000;
/** Longer than any tokens that are issued. */
const maxAnswerBytes = 256 * 1024;
/** Requests at the issuer at the same time. Anybody may ask, so there is an end to it. */
const maxAtOnce = 64;
const maxDescription = 1_000;

const answerSchema = z.object({
  access_token: z.string().min(1).optional(),
  id_token: z.string().optional(),
  refresh_token: z.string().optional(),
  expires_in: z
    // Some issuers write it as text.
    .preprocess((value) => (/^\d{1,10}$/.test(String(value)) ? Number(value) : value), z.int().nonnegative())
    .optional()
    .catch(undefined),
  error: z.string().max(100).optional(),
  error_description: z.string().optional().catch(undefined),
});

export type TokenOutcome = { readonly tokens: TokenResponse } | { readonly refusal: TokenRefusal };

type Deps = {
  readonly config: Pick<Config, 'oidcClientId' | 'oidcClientSecretFile'>;
  readonly oidcIssuer: OidcIssuer | undefined;
  readonly credentialFiles: CredentialFiles;
  readonly log: Log;
  readonly timeoutMs?: number;
};

type Client = { readonly id: string; readonly secret: () => string | undefined };

/** Asks the issuer for tokens in the name of the client with which people log in. */
export class TokenExchange {
  readonly clientId: string;
  private readonly issuer: OidcIssuer;
  private readonly secret: () => string | undefined;
  private readonly log: Log;
  private readonly timeoutMs: number;
  private asking = 0;

  private constructor({ id, secret }: Client, issuer: OidcIssuer, { log, timeoutMs }: Pick<Deps, 'log' | 'timeoutMs'>) {
    this.clientId = id;
    this.secret = secret;
    this.issuer = issuer;
    this.log = log;
    this.timeoutMs = timeoutMs ?? usualTimeoutMs;
  }

  /** Undefined where nobody can log in. @throws Error naming the setting if the secret cannot be read */
  static async open(deps: Deps): Promise<TokenExchange | undefined> {
    const { config, oidcIssuer, credentialFiles } = deps;
    const { oidcClientId: id, oidcClientSecretFile: path } = config;
    if (oidcIssuer === undefined || id === undefined) return undefined;
    return new TokenExchange({ id, secret: await keepSecret(credentialFiles, path) }, oidcIssuer, deps);
  }

  /** Trades a code or a refresh token for tokens. @throws MusterError 429 if too many are being traded */
  async trade(grant: TokenGrant): Promise<TokenOutcome> {
    if (this.asking >= maxAtOnce) throw tooManyRequests('too many logins at the same time; try again in 1 s', 1);
    this.asking += 1;
    try {
      return await this.ask(grant);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!(error instanceof MusterError)) {
        this.log.warn({ issuer: this.issuer.url, error: reason }, 'the OIDC issuer cannot be asked for tokens');
      }
      return refused('temporarily_unavailable', 'the OIDC issuer cannot be reached; try again in a moment');
    } finally {
      this.asking -= 1;
    }
  }

  private async ask(grant: TokenGrant): Promise<TokenOutcome> {
    const endpoint = await this.issuer.tokenEndpoint();
    if (endpoint === undefined) return refused('server_error', 'the OIDC issuer names no token endpoint');
    const { statusCode, body } = await request(endpoint.url, {
      method: 'POST',
      ...requestOf(grant, { id: this.clientId, secret: this.secret() }, endpoint),
      signal: AbortSignal.timeout(this.timeoutMs),
    });
    const text = await readBounded(body, maxAnswerBytes);
    const outcome = outcomeOf(statusCode, text === undefined ? undefined : parseJson(text.toString('utf8')));
    if ('refusal' in outcome) {
      const { error } = outcome.refusal;
      this.log.info({ issuer: this.issuer.url, status: statusCode, error }, 'the OIDC issuer gives no tokens');
    }
    return outcome;
  }
}

/** The request of a client, which shows its secret as the issuer wants it (RFC 6749, section 2.3.1). */
function requestOf(
  grant: TokenGrant,
  { id, secret }: { readonly id: string; readonly secret: string | undefined },
  { authMethods }: TokenEndpoint,
): { readonly headers: Record<string, string>; readonly body: string } {
  const form = new URLSearchParams(grant);
  const headers = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' };
  if (secret !== undefined && authMethods.includes('client_secret_basic')) {
    const credentials = `${formEncoded(id)}:${formEncoded(secret)}`;
    const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
    return { headers: { ...headers, authorization }, body: form.toString() };
  }
  form.set('client_id', id);
  if (secret !== undefined) form.set('client_secret', secret);
  return { headers, body: form.toString() };
}

function formEncoded(text: string): string {
  return new URLSearchParams({ text }).toString().slice('text='.length);
}

/** The answer of an issuer in the words of the contract. @param answer undefined if it was no JSON, or too long */
export function outcomeOf(status: number, answer: unknown): TokenOutcome {
  const parsed = answerSchema.safeParse(answer);
  if (!parsed.success) {
    return refused('server_error', `the OIDC issuer answers ${status} with something that is no answer for tokens`);
  }
  const { error, error_description: description, access_token, ...others } = parsed.data;
  if (status === 200 && error === undefined && access_token !== undefined) {
    return { tokens: { access_token, token_type: 'Bearer', ...others } };
  }
  return refused(
    error ?? 'server_error',
    description?.slice(0, maxDescription) ?? `the OIDC issuer answers ${status} without tokens`,
  );
}

function refused(error: string, error_description: string): TokenOutcome {
  return { refusal: { error, error_description } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function keepSecret(files: CredentialFiles, path: string | undefined): Promise<() => string | undefined> {
  if (path === undefined) return () => undefined;
  const kept = await files.keep({
    what: 'the secret of the OIDC client',
    paths: [path],
    read: () => readClientSecret({ setting: 'MUSTER_OIDC_CLIENT_SECRET_FILE', path }),
  });
  return () => kept.current;
}

/** Reads the secret of a client. @throws Error naming the setting; the secret is not repeated */
export async function readClientSecret(file: NamedFile): Promise<string> {
  const secret = (await readNamedFile(file)).trim();
  if (/^[\x20-\x7E]{1,1024}$/.test(secret)) return secret;
  throw new Error(`${file.setting}: ${file.path}: expected one line with the secret of the client`);
}
