import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AdminAuthenticator } from '../../src/auth/admin-authenticator.ts';
import { CredentialFiles } from '../../src/auth/credential-files.ts';
import { OidcIssuer } from '../../src/auth/oidc-issuer.ts';
import { readConfig } from '../../src/config/config.ts';
import { MusterError } from '../../src/domain/errors.ts';
import { createLog } from '../../src/logging/log.ts';
import { newKey, startIssuer, type TestIssuer } from '../support/oidc-issuer.ts';
import { createTestClock, type TestClock } from '../support/test-context.ts';

let issuer: TestIssuer;
let clock: TestClock;
let authenticator: AdminAuthenticator;

const log = createLog('silent');

async function open(env: Record<string, string>, keyCooldownMs = 0): Promise<AdminAuthenticator> {
  const config = readConfig({ MUSTER_OIDC_AUDIENCE: 'muster', ...env });
  const opened = await AdminAuthenticator.open({
    config,
    clock,
    log,
    credentialFiles: new CredentialFiles(log),
    oidcIssuer: new OidcIssuer(config.oidcIssuer ?? '', { clock, log, cooldownMs: keyCooldownMs }),
  });
  if (opened === undefined) throw new Error('no authentication is configured');
  return opened;
}

beforeEach(async () => {
  issuer = await startIssuer();
  clock = createTestClock();
  authenticator = await open({ MUSTER_OIDC_ISSUER: issuer.url });
});

afterEach(async () => {
  await issuer.stop();
});

async function token(claims: Record<string, unknown> = {}, options = {}): Promise<string> {
  const exp = clock.now().getTime() / 1_000 + 3_600;
  return `Bearer ${await issuer.sign({ aud: 'muster', exp, preferred_username: 'alice', ...claims }, options)}`;
}

/** Answer to a token: a name, or the status and the words of a refusal. */
async function outcome(authorization: string, by = authenticator): Promise<unknown> {
  try {
    return (await by.identify(authorization)).name;
  } catch (error) {
    if (!(error instanceof MusterError)) throw error;
    return { status: error.status, message: error.message, retryAfterSeconds: error.retryAfterSeconds };
  }
}

const unreachable = {
  status: 503,
  message: 'the OIDC issuer cannot be reached, so the token cannot be checked now',
  retryAfterSeconds: 5,
};

describe('keys of the issuer', () => {
  test('are read once for many tokens', async () => {
    for (const name of ['alice', 'bob', 'carol']) {
      expect(await outcome(await token({ preferred_username: name }))).toBe(`user:${name}`);
    }
    expect(issuer.keyRequests()).toBe(1);
  });

  test('are read again when it rotates them, and those that it has withdrawn hold no more', async () => {
    const before = await token();
    expect(await outcome(before)).toBe('user:alice');
    await issuer.rotate();
    expect(await outcome(await token())).toBe('user:alice');
    expect(await outcome(before)).toMatchObject({ status: 401, message: expect.stringContaining('key') });
  });

  test('are not asked for by everybody who makes one up', async () => {
    const patient = await open({ MUSTER_OIDC_ISSUER: issuer.url }, 60_000);
    const madeUp = { key: await newKey('made-up') };
    for (let count = 0; count < 5; count += 1) {
      expect(await outcome(await token({}, madeUp), patient)).toMatchObject({ status: 401 });
    }
    expect(issuer.keyRequests()).toBe(1);
  });
});

describe('an issuer that cannot be reached', () => {
  test('is no reason to say that a token is wrong', async () => {
    const authorization = await token();
    await issuer.stop();
    expect(await outcome(authorization)).toEqual(unreachable);
  });

  test('is left alone for a moment, then asked again', async () => {
    const authorization = await token();
    issuer.answerWith(500);
    expect(await outcome(authorization)).toEqual(unreachable);
    issuer.answerWith(200);
    expect(await outcome(authorization)).toEqual(unreachable);
    clock.advance(5_000);
    expect(await outcome(authorization)).toBe('user:alice');
  });

  test('shuts out nobody whose key is known, whatever keys others make up', async () => {
    const authorization = await token();
    const madeUp = await token({}, { key: await newKey('made-up') });
    expect(await outcome(authorization)).toBe('user:alice');
    await issuer.stop();
    expect(await outcome(madeUp)).toEqual(unreachable);
    expect(await outcome(authorization)).toBe('user:alice');
  });

  test('is one that calls itself by another name, too', async () => {
    const { port } = new URL(issuer.url);
    const renamed = await open({ MUSTER_OIDC_ISSUER: `http://localhost:${port}` });
    expect(await outcome(await token(), renamed)).toEqual(unreachable);
  });
});

describe('roles', () => {
  test('come from a claim within a claim, and names from another claim', async () => {
    const configured = await open({
      MUSTER_OIDC_ISSUER: issuer.url,
      MUSTER_OIDC_ROLES_CLAIM: 'realm_access.roles',
      MUSTER_OIDC_USERNAME_CLAIM: 'email',
    });
    const roles = ['muster-viewer', 'muster-restorer', 'offline_access', 7];
    const authorization = await token({ email: 'a@example.com', realm_access: { roles } });
    expect(await configured.identify(authorization)).toEqual({
      name: 'user:a@example.com',
      roles: ['viewer', 'restorer'],
    });
  });

  test('come from a claim with dots in its name', async () => {
    const configured = await open({
      MUSTER_OIDC_ISSUER: issuer.url,
      MUSTER_OIDC_ROLES_CLAIM: 'https://example.com/roles',
      MUSTER_OIDC_ROLES: 'cn=ops=operator, cn=ops=restorer',
    });
    const authorization = await token({ 'https://example.com/roles': ['cn=ops'] });
    expect(await configured.identify(authorization)).toMatchObject({ roles: ['operator', 'restorer'] });
  });
});

test.each([
  [{ MUSTER_OIDC_ISSUER: 'http://sso.example.com' }, /MUSTER_OIDC_ISSUER: expected a URL that starts with https:/],
  [{ MUSTER_OIDC_ISSUER: 'https://sso.example.com/?a=b' }, /MUSTER_OIDC_ISSUER/],
  [{ MUSTER_OIDC_ISSUER: 'https://sso.example.com', MUSTER_OIDC_AUDIENCE: '' }, /MUSTER_OIDC_AUDIENCE: expected/],
  [{ MUSTER_OIDC_AUDIENCE: 'muster' }, /MUSTER_OIDC_ISSUER: expected the issuer of tokens/],
  [{ MUSTER_OIDC_CLIENT_ID: 'cli', MUSTER_OIDC_AUDIENCE: '' }, /MUSTER_OIDC_ISSUER: expected the issuer that knows/],
  [
    { MUSTER_OIDC_ISSUER: 'https://a', MUSTER_OIDC_AUDIENCE: 'a', MUSTER_OIDC_CLIENT_SECRET_FILE: 'x' },
    /MUSTER_OIDC_CLIENT_ID: expected the client whose secret/,
  ],
  [
    { MUSTER_OIDC_ROLES: 'staff=boss' },
    /MUSTER_OIDC_ROLES: expected value=role .* viewer, operator, restorer, admin; found "staff=boss"/,
  ],
  [{ MUSTER_OIDC_ROLES: 'staff' }, /MUSTER_OIDC_ROLES: expected value=role/],
  [{ MUSTER_OIDC_SCOPES: 'profile' }, /MUSTER_OIDC_SCOPES: expected openid among the scopes/],
])('a configuration such as %j is refused', (env, says) => {
  expect(() => readConfig(env)).toThrow(says);
});
