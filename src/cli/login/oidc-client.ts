import { decodeJwt, errors } from 'jose';
import {
  allowInsecureRequests,
  AuthorizationResponseError,
  ClientError,
  discovery,
  None,
  refreshTokenGrant,
  ResponseBodyError,
  tokenRevocation,
  type Configuration,
  type TokenEndpointResponse,
} from 'openid-client';
import { explained } from '../../client/api-client.ts';
import { CliError, exitCodes, UnreachableError } from '../../client/failures.ts';
import type { StoredCredential } from './credentials-file.ts';

/** The public client with which people log in, as the server tells of it. */
export type LoginClient = {
  readonly issuer: string;
  readonly clientId: string;
  /** Audience that the server wants in tokens. */
  readonly audience: string;
};

/** Asks the issuer what it can do. @throws CliError if it cannot be reached */
export async function discoverIssuer({ issuer, clientId }: LoginClient): Promise<Configuration> {
  // The server accepts an issuer without TLS on loopback only, for trials.
  const insecure = new URL(issuer).protocol === 'http:' ? { execute: [allowInsecureRequests] } : {};
  return await asking(issuer, () => discovery(new URL(issuer), clientId, undefined, None(), insecure));
}

/** Turns what an issuer refuses, or does not answer, into a failure for people. */
export async function asking<Answer>(issuer: string, question: () => Promise<Answer>): Promise<Answer> {
  try {
    return await question();
  } catch (error) {
    throw issuerFailure(issuer, error);
  }
}

function issuerFailure(issuer: string, error: unknown): unknown {
  const failure = explained(error instanceof ClientError && error.cause instanceof TypeError ? error.cause : error);
  if (failure instanceof UnreachableError) {
    return new UnreachableError(`cannot reach the issuer at ${issuer}: ${failure.message}`, error);
  }
  const refusal = refusalIn(error);
  if (refusal !== undefined) return new CliError(`the issuer ${issuer} refuses: ${refusal}`, exitCodes.notAllowed);
  if (error instanceof ClientError) return new CliError(`the issuer ${issuer} cannot be used: ${error.message}`);
  return error;
}

function refusalIn(error: unknown): string | undefined {
  if (!(error instanceof ResponseBodyError) && !(error instanceof AuthorizationResponseError)) return undefined;
  return error.error_description ?? error.error;
}

/**
 * Chooses what to keep of a login: the access token if it is for the server, else the ID token, whose audience is the client.
 *
 * @param before a login that is renewed, whose refresh token stays if there is no new one
 */
export function credentialOf(
  { issuer, clientId, audience }: LoginClient,
  answer: TokenEndpointResponse,
  before?: { readonly refreshToken?: string | undefined },
): StoredCredential {
  const token = isFor(answer.access_token, audience) ? answer.access_token : (answer.id_token ?? answer.access_token);
  const expiresAt = expiryOf(token) ?? after(answer.expires_in);
  const refreshToken = answer.refresh_token ?? before?.refreshToken;
  return {
    kind: 'oidc',
    token,
    issuer,
    clientId,
    audience,
    ...(expiresAt !== undefined && { expiresAt: expiresAt.toISOString() }),
    ...(refreshToken !== undefined && { refreshToken }),
  };
}

/** Trades a refresh token for a new login. @returns undefined if the issuer wants the person to log in again */
export async function renewLogin(client: LoginClient, refreshToken: string): Promise<StoredCredential | undefined> {
  const configuration = await discoverIssuer(client);
  try {
    const answer = await refreshTokenGrant(configuration, refreshToken);
    return credentialOf(client, answer, { refreshToken });
  } catch (error) {
    if (error instanceof ResponseBodyError && error.error === 'invalid_grant') return undefined;
    throw issuerFailure(client.issuer, error);
  }
}

/** Has the issuer forget a login, where it can. */
export async function revokeLogin(client: LoginClient, refreshToken: string): Promise<void> {
  const configuration = await discoverIssuer(client);
  if (configuration.serverMetadata().revocation_endpoint === undefined) return;
  await asking(client.issuer, () => tokenRevocation(configuration, refreshToken));
}

function isFor(token: string, audience: string): boolean {
  const { aud } = claimsOf(token);
  return aud === audience || (Array.isArray(aud) && aud.includes(audience));
}

function expiryOf(token: string): Date | undefined {
  const { exp } = claimsOf(token);
  return exp === undefined ? undefined : new Date(exp * 1_000);
}

function after(seconds: number | undefined): Date | undefined {
  return seconds === undefined ? undefined : new Date(Date.now() + seconds * 1_000);
}

/** Claims of a token; empty for one that only its issuer can read. */
function claimsOf(token: string): ReturnType<typeof decodeJwt> {
  try {
    return decodeJwt(token);
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) return {};
    throw error;
  }
}
