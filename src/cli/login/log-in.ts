import { createServer } from 'node:http';
import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  initiateDeviceAuthorization,
  pollDeviceAuthorizationGrant,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  type Configuration,
  type TokenEndpointResponse,
} from 'openid-client';
import { CliError } from '../../client/failures.ts';
import { note } from '../../terminal/terminal.ts';
import { asking, type LoginClient } from './oidc-client.ts';

/** Longest time for a person to log in with a browser, in milliseconds. */
const browserTimeoutMs = 10 * 60_000;

/** Asks for a login that lasts. */
const offlineScope = 'offline_access';

/** Parameters to ask the issuer with. */
export type Wish = { readonly scope: string; readonly prompt?: 'consent' };

/**
 * Chooses what to ask the issuer for: the scopes that the server names, and a refresh token where that takes a scope of its own
 * and, with it, a person's consent (OpenID Connect Core 1.0, section 11).
 */
export function wishFor(configuration: Configuration, scopes: readonly string[]): Wish {
  const supported = configuration.serverMetadata().scopes_supported ?? [];
  const asked = supported.includes(offlineScope) ? [...new Set([...scopes, offlineScope])] : scopes;
  return { scope: asked.join(' '), ...(asked.includes(offlineScope) && { prompt: 'consent' }) };
}

/** Logs in with a browser on any machine (RFC 8628): here only a code is shown. */
export async function logInByDeviceCode(
  configuration: Configuration,
  { issuer }: LoginClient,
  wish: Wish,
): Promise<TokenEndpointResponse> {
  if (configuration.serverMetadata().device_authorization_endpoint === undefined) {
    throw new CliError(`the issuer ${issuer} has no device-code flow: try muster login --web`);
  }
  return await asking(issuer, async () => {
    const started = await initiateDeviceAuthorization(configuration, wish);
    note(`Open ${started.verification_uri_complete ?? started.verification_uri}`);
    note(`and confirm the code ${started.user_code}`);
    return await pollDeviceAuthorizationGrant(configuration, started);
  });
}

/** Logs in with a browser on this machine: authorization code with PKCE, redirected to loopback (RFC 8252, section 7.3). */
export async function logInByBrowser(
  configuration: Configuration,
  { issuer }: LoginClient,
  wish: Wish,
): Promise<TokenEndpointResponse> {
  const [verifier, state, nonce] = [randomPKCECodeVerifier(), randomState(), randomNonce()];
  const loopback = await listenForRedirect();
  try {
    const address = buildAuthorizationUrl(configuration, {
      redirect_uri: loopback.redirectUri,
      ...wish,
      state,
      nonce,
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    note(`Open ${address.href}`);
    const redirected = await loopback.redirected;
    return await asking(issuer, () =>
      authorizationCodeGrant(configuration, redirected, {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
      }),
    );
  } finally {
    loopback.close();
  }
}

type Loopback = { readonly redirectUri: string; readonly redirected: Promise<URL>; close(): void };

async function listenForRedirect(): Promise<Loopback> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the loopback listener has no port');
  const redirectUri = `http://127.0.0.1:${address.port}/callback`;
  let timer: NodeJS.Timeout | undefined;
  const redirected = new Promise<URL>((resolve, reject) => {
    timer = setTimeout(() => reject(new CliError('nobody logged in for 10 minutes')), browserTimeoutMs);
    server.on('request', (request, response) => {
      const target = new URL(request.url ?? '/', redirectUri);
      if (target.pathname !== '/callback') {
        response.writeHead(404, { connection: 'close' }).end();
        return;
      }
      response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
      response.end('muster has what it needs: you can close this page.\n', () => resolve(target));
    });
  });
  return {
    redirectUri,
    redirected,
    close() {
      clearTimeout(timer);
      server.close();
    },
  };
}
