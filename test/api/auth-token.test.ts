import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { TokenExchange } from '../../src/auth/token-exchange.ts';
import { buildApiApp } from '../../src/api/api-app.ts';
import type { Listener } from '../../src/listener/listener.ts';
import { startIssuer, type TestIssuer } from '../support/oidc-issuer.ts';
import { clientId, confidentialClient, startProvider, type TestProvider } from '../support/oidc-provider.ts';
import { createTestContext, type TestContext } from '../support/test-context.ts';

type Form = Readonly<Record<string, string>>;

/** Asks for tokens as the command line of Flight Control does: with a form, and a secret that is empty. */
async function askForTokens(app: Listener, form: Form, { provider = 'oidc', remoteAddress = '192.0.2.1' } = {}) {
  const response = await app.inject({
    method: 'POST',
    url: `/api/v1/auth/${provider}/token`,
    remoteAddress,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({ client_secret: '', ...form }).toString(),
  });
  return { code: response.statusCode, body: response.json<Record<string, unknown>>(), headers: response.headers };
}

const code = { grant_type: 'authorization_code', client_id: clientId, code: 'c0de', code_verifier: 'verifier' };
const refresh = { grant_type: 'refresh_token', client_id: clientId, refresh_token: 'r3fresh' };

describe('a real provider', () => {
  let provider: TestProvider;
  let directory: string;
  let here: TestContext;
  let app: Listener;

  beforeAll(async () => {
    provider = await startProvider({ idTokenSeconds: 60 });
    directory = await mkdtemp(join(tmpdir(), 'muster-token-'));
  });

  afterEach(async () => {
    await app.close();
    await here.close();
  });

  afterAll(async () => {
    await provider.stop();
    await rm(directory, { recursive: true });
  });

  async function open(env: Form): Promise<void> {
    here = await createTestContext({ env: { MUSTER_OIDC_ISSUER: provider.url, ...env } });
    here.clock.set(new Date());
    app = await buildApiApp(here.context);
  }

  /** Logs in with a browser, up to where the issuer sends the code to the command line. */
  async function logIn(client: string): Promise<Form> {
    const codeVerifier = randomBytes(32).toString('base64url');
    const loopback = await startLoopback();
    const address = new URL(`${provider.url}/auth`);
    address.search = new URLSearchParams({
      response_type: 'code',
      client_id: client,
      redirect_uri: loopback.redirectUri,
      scope: 'openid offline_access',
      prompt: 'consent',
      state: 'state',
      code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
      code_challenge_method: 'S256',
    }).toString();
    await provider.visit(address.href);
    const sent = await loopback.redirected;
    return {
      grant_type: 'authorization_code',
      client_id: client,
      code: sent.searchParams.get('code') ?? '',
      code_verifier: codeVerifier,
      redirect_uri: loopback.redirectUri,
    };
  }

  test('gives tokens for a code, whose ID token lets people in, and new ones for the refresh token', async () => {
    await open({ MUSTER_OIDC_CLIENT_ID: clientId, MUSTER_OIDC_AUDIENCE: 'https://muster.example.com' });
    const { code: status, body: tokens } = await askForTokens(app, await logIn(clientId));
    expect({ status, tokens }).toMatchObject({
      status: 200,
      tokens: { token_type: 'Bearer', access_token: expect.any(String), expires_in: expect.any(Number) },
    });
    const renewed = await askForTokens(app, { ...refresh, refresh_token: String(tokens['refresh_token']) });
    expect(renewed).toMatchObject({ code: 200, body: { id_token: expect.any(String) } });
    for (const { id_token: idToken } of [tokens, renewed.body]) {
      const validated = await app.inject({
        url: '/api/v1/auth/validate',
        headers: { authorization: `Bearer ${String(idToken)}` },
      });
      expect(validated.json()).toMatchObject({ kind: 'Status', status: 'Success', code: 200 });
    }
  });

  test('says why it gives none, in its own words', async () => {
    await open({ MUSTER_OIDC_CLIENT_ID: clientId });
    const asked = await logIn(clientId);
    const answer = await askForTokens(app, { ...asked, code_verifier: randomBytes(32).toString('base64url') });
    expect(answer).toMatchObject({
      code: 400,
      body: { error: 'invalid_grant', error_description: 'grant request is invalid' },
    });
  });

  test('gives them to a client with a secret, which is added here', async () => {
    const secretFile = join(directory, 'secret');
    await writeFile(secretFile, `${confidentialClient.secret}\n`, { mode: 0o600 });
    await open({ MUSTER_OIDC_CLIENT_ID: confidentialClient.id, MUSTER_OIDC_CLIENT_SECRET_FILE: secretFile });
    const answer = await askForTokens(app, await logIn(confidentialClient.id));
    expect(answer).toMatchObject({ code: 200, body: { id_token: expect.any(String) } });
    expect(JSON.stringify(answer)).not.toContain('dential');
  });
});

describe('the issuer', () => {
  let issuer: TestIssuer;
  let here: TestContext;
  let app: Listener;

  beforeAll(async () => {
    issuer = await startIssuer(0, { token_endpoint_auth_methods_supported: ['client_secret_post'] });
    here = await createTestContext({ env: { MUSTER_OIDC_ISSUER: issuer.url, MUSTER_OIDC_CLIENT_ID: clientId } });
    app = await buildApiApp(here.context);
  });

  beforeEach(() => {
    issuer.takeTokenRequests();
  });

  afterAll(async () => {
    await app.close();
    await here.close();
    await issuer.stop();
  });

  test('is asked for nothing but what OAuth asks of it, in the name of the client', async () => {
    issuer.answerTokensWith(200, {
      access_token: 'a',
      token_type: 'bearer',
      expires_in: '300',
      secret: 'x',
      scope: 's',
    });
    const answer = await askForTokens(app, { ...code, redirect_uri: 'http://localhost:8080/callback', evil: 'yes' });
    expect(answer).toMatchObject({ code: 200, headers: { 'cache-control': 'no-store' } });
    expect(answer.body).toEqual({ access_token: 'a', token_type: 'Bearer', expires_in: 300 });
    expect(issuer.takeTokenRequests()).toEqual([
      { authorization: undefined, form: { ...code, redirect_uri: 'http://localhost:8080/callback' } },
    ]);
  });

  test('may be asked in JSON as well', async () => {
    issuer.answerTokensWith(200, { access_token: 'a', refresh_token: 'next' });
    const response = await app.inject({
      method: 'POST',
      url: '/api/v1/auth/oidc/token',
      payload: { ...refresh, scope: null },
    });
    expect(response.json()).toEqual({ access_token: 'a', token_type: 'Bearer', refresh_token: 'next' });
    expect(issuer.takeTokenRequests()[0]?.form).toEqual(refresh);
  });

  const without = (form: Form, name: string): Form =>
    Object.fromEntries(Object.entries(form).filter(([key]) => key !== name));

  test.each<[string, Form, string, string, RegExp]>([
    ['another provider', code, 'token', 'invalid_client', /nobody logs in by this provider/],
    ['another client', { ...code, client_id: 'shop' }, 'oidc', 'invalid_client', /client_id: expected muster-cli/],
    ['no client', without(code, 'client_id'), 'oidc', 'invalid_request', /client_id: expected a string/],
    ['no grant type', without(code, 'grant_type'), 'oidc', 'invalid_request', /grant_type: expected a string/],
    [
      'a password',
      { ...code, grant_type: 'password' },
      'oidc',
      'unsupported_grant_type',
      /expected authorization_code or refresh_token/,
    ],
    ['a machine', { ...code, grant_type: 'client_credentials' }, 'oidc', 'unsupported_grant_type', /expected/],
    ['a code without proof of who asked for it', { ...code, code_verifier: '' }, 'oidc', 'invalid_request', /PKCE/],
    ['no code', without(code, 'code'), 'oidc', 'invalid_request', /code: expected/],
    ['no refresh token', without(refresh, 'refresh_token'), 'oidc', 'invalid_request', /refresh_token: expected/],
    [
      'a code longer than any',
      { ...code, code: 'x'.repeat(16_385) },
      'oidc',
      'invalid_request',
      /at most 16384 characters/,
    ],
  ])('is not asked for %s', async (_what, form, provider, error, says) => {
    const answer = await askForTokens(app, form, { provider });
    expect(answer).toMatchObject({ code: 400, body: { error, error_description: expect.stringMatching(says) } });
    expect(issuer.takeTokenRequests()).toEqual([]);
  });

  test('is not asked for what is said twice, or is too long', async () => {
    const send = async (payload: string) =>
      await app.inject({
        method: 'POST',
        url: '/api/v1/auth/oidc/token',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload,
      });
    const twice = await send(`${new URLSearchParams(code).toString()}&code=other`);
    expect(twice.json()).toMatchObject({
      error: 'invalid_request',
      error_description: expect.stringContaining('code'),
    });
    expect((await send(`code=${'x'.repeat(70_000)}`)).statusCode).toBe(413);
    expect(issuer.takeTokenRequests()).toEqual([]);
  });

  test.each<[string, number, object | string, string, RegExp]>([
    ['refuses', 401, { error: 'invalid_client', error_description: 'who?' }, 'invalid_client', /^who\?$/],
    ['refuses without a word', 400, { error: 'invalid_grant' }, 'invalid_grant', /answers 400 without tokens/],
    ['refuses with success', 200, { error: 'invalid_grant', access_token: 'a' }, 'invalid_grant', /answers 200/],
    ['gives no token', 200, { token_type: 'Bearer' }, 'server_error', /answers 200 without tokens/],
    ['fails', 502, '<html>Bad gateway</html>', 'server_error', /answers 502 with something that is no answer/],
    ['goes on and on', 200, `"${'x'.repeat(300_000)}"`, 'server_error', /answers 200 with something/],
  ])('that %s is quoted with 400', async (_what, status, given, error, says) => {
    issuer.answerTokensWith(status, given);
    const answer = await askForTokens(app, refresh);
    expect(answer).toMatchObject({ code: 400, body: { error, error_description: expect.stringMatching(says) } });
  });

  test('is not asked again and again from one address', async () => {
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => askForTokens(app, refresh, { remoteAddress: '192.0.2.3' })),
    );
    expect(answers.filter(({ code: status }) => status === 429).length).toBeGreaterThan(5);
    expect(answers.find(({ code: status }) => status === 429)?.headers['retry-after']).toBe('1');
    expect(await askForTokens(app, refresh, { remoteAddress: '192.0.2.2' })).toMatchObject({ code: 400 });
  });

  test('that does not answer in time is left', async () => {
    issuer.answerTokensWith(200, undefined);
    const exchange = await TokenExchange.open({ ...here.context, timeoutMs: 50 });
    expect(await exchange?.trade({ grant_type: 'refresh_token', refresh_token: 'r' })).toMatchObject({
      refusal: { error: 'temporarily_unavailable', error_description: expect.stringContaining('cannot be reached') },
    });
  });

  test('is asked by so many at the same time, and no more', async () => {
    issuer.answerTokensWith(200, undefined);
    const exchange = await TokenExchange.open({ ...here.context, timeoutMs: 500 });
    if (exchange === undefined) throw new Error('nobody can log in');
    const trades = Array.from({ length: 65 }, () =>
      exchange.trade({ grant_type: 'refresh_token', refresh_token: 'r' }),
    );
    const outcomes = await Promise.allSettled(trades);
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect(refused).toEqual([{ status: 'rejected', reason: expect.objectContaining({ status: 429 }) as unknown }]);
  });

  test('that is down is no fault of the client', async () => {
    await issuer.stop();
    const answer = await askForTokens(app, refresh);
    expect(answer).toMatchObject({ code: 400, body: { error: 'temporarily_unavailable' } });
  });
});

test('without an issuer nobody gets tokens', async () => {
  const here = await createTestContext();
  const app = await buildApiApp(here.context);
  try {
    expect(await askForTokens(app, code, { remoteAddress: '127.0.0.1' })).toMatchObject({
      code: 400,
      body: { error: 'invalid_client' },
    });
  } finally {
    await app.close();
    await here.close();
  }
});

type Loopback = { readonly redirectUri: string; readonly redirected: Promise<URL> };

/** Listener on the machine of a person, until the issuer sends the browser there. */
async function startLoopback(): Promise<Loopback> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, 'localhost', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the loopback listener has no port');
  const redirectUri = `http://localhost:${address.port}/callback`;
  const redirected = new Promise<URL>((resolve) => {
    server.once('request', (request, response) => {
      response.end();
      server.close();
      server.closeAllConnections();
      resolve(new URL(request.url ?? '', redirectUri));
    });
  });
  return { redirectUri, redirected };
}
