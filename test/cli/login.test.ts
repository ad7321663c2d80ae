import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createStaticToken, findStaticToken, hashOfToken, readStaticTokens } from '../../src/auth/static-tokens.ts';
import { clientId, startProvider, type TestProvider } from '../support/oidc-provider.ts';
import { muster, startMuster, type Ended, type MusterProcess } from './muster-process.ts';
import { startServer, type MusterServer } from './muster-server.ts';

let provider: TestProvider;
let server: MusterServer;
let home: string;
let env: Record<string, string>;

const restorer = createStaticToken();

beforeAll(async () => {
  // Tokens that `muster` finds about to expire at once, so that each command renews them.
  provider = await startProvider({ idTokenSeconds: 25 });
  home = await mkdtemp(join(tmpdir(), 'muster-login-'));
  const tokensFile = join(home, 'tokens.yaml');
  const entry = { name: 'restore-tool', role: 'restorer', sha256: hashOfToken(restorer).toString('hex') };
  await writeFile(tokensFile, `- ${JSON.stringify(entry)}\n`, { mode: 0o600 });
  server = await startServer({
    MUSTER_OIDC_ISSUER: provider.url,
    MUSTER_OIDC_CLIENT_ID: clientId,
    MUSTER_OIDC_SCOPES: 'openid',
    MUSTER_TOKENS_FILE: tokensFile,
  });
  env = { MUSTER_SERVER: server.api, XDG_CONFIG_HOME: home };
});

afterAll(async () => {
  await server.stop();
  await provider.stop();
  await rm(home, { recursive: true });
});

const run = async (...words: string[]): Promise<Ended> => await muster(words, { env });
const credentialsFile = () => join(home, 'muster', 'credentials.json');
const kept = async () => JSON.parse(await readFile(credentialsFile(), 'utf8')) as { servers: Record<string, object> };

/** The address that a login shows, once it does. */
async function shownAddress(login: MusterProcess): Promise<string> {
  for (;;) {
    const address = /^Open (\S+)$/m.exec(login.stderr())?.[1];
    if (address !== undefined && (address.includes('/auth?') || /confirm the code/.test(login.stderr())))
      return address;
    await Promise.race([new Promise((resolve) => login.process.stderr.once('data', resolve)), login.ended]);
    if (login.process.exitCode !== null) throw new Error(login.stderr());
  }
}

describe('without a login', () => {
  test('a command is refused with exit code 5, and says how to log in', async () => {
    expect(await run('get', 'devices')).toEqual({
      code: 5,
      stdout: '',
      stderr: 'error: nobody is logged in: expected Authorization: Bearer TOKEN; log in with muster login\n',
    });
  });

  test('a token that does not hold is refused as well, and not kept', async () => {
    const ended = await run('login', '--token', 'wrong');
    expect(ended).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('the token is not known here; the token is'),
    });
    await expect(kept()).rejects.toThrow('ENOENT');
  });

  test('a token in the environment is enough', async () => {
    const declared = await muster(['restore', 'declare', '-o', 'name'], { env: { ...env, MUSTER_TOKEN: restorer } });
    expect(declared).toMatchObject({ code: 0, stdout: expect.stringMatching(/^restore\//) });
    const resumed = await muster(['resume', 'device', 'a'], { env: { ...env, MUSTER_TOKEN: restorer } });
    expect(resumed).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('token:restore-tool has only: restorer'),
    });
  });
});

describe('a login', () => {
  test('by a code that a person confirms in any browser is kept for this user alone', async () => {
    const login = startMuster(['login'], { env });
    expect(await provider.visit(await shownAddress(login))).toContain('Sign-in Success');
    expect(await login.ended).toMatchObject({
      code: 0,
      stdout: `Logged in to ${server.api}: user:alice, as operator\n`,
    });
    expect((await stat(credentialsFile())).mode & 0o777).toBe(0o600);
    expect((await stat(join(home, 'muster'))).mode & 0o777).toBe(0o700);
  });

  test('is renewed by each command that finds it about to expire', async () => {
    const before = (await kept()).servers[server.api];
    expect(await run('whoami')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Name:         user:alice\n'),
    });
    const after = (await kept()).servers[server.api];
    expect(after).toMatchObject({ kind: 'oidc', issuer: provider.url });
    expect(after).not.toEqual(before);
    expect(await run('get', 'devices')).toMatchObject({ code: 0 });
  });

  test('allows what its roles allow', async () => {
    expect(await run('restore', 'declare')).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('this needs the permission restores.declare'),
    });
  });

  test('loses against a token that is given', async () => {
    const ended = await run('whoami', '--token', restorer, '-o', 'json');
    expect(JSON.parse(ended.stdout)).toMatchObject({ name: 'token:restore-tool', roles: ['restorer'] });
  });

  test('is no use for another server', async () => {
    const ended = await run('whoami', '--server', server.api.replace('127.0.0.1', 'localhost'));
    expect(ended).toMatchObject({ code: 5, stderr: expect.stringContaining('log in with muster login') });
  });

  test('ends with a logout, here and at the issuer', async () => {
    const stolen = (await kept()).servers[server.api];
    expect(await run('logout')).toEqual({ code: 0, stdout: `Logged out of ${server.api}\n`, stderr: '' });
    expect(await run('logout')).toMatchObject({ code: 0, stdout: `Nobody is logged in to ${server.api}\n` });
    expect(await run('whoami')).toMatchObject({ code: 5 });
    await writeFile(credentialsFile(), JSON.stringify({ servers: { [server.api]: stolen } }));
    expect(await run('whoami')).toMatchObject({
      code: 5,
      stderr: `error: the login to ${server.api} has expired: log in again with muster login\n`,
    });
  });

  test('by a browser on this machine comes back to it', async () => {
    const login = startMuster(['login', '--web'], { env });
    expect(await provider.visit(await shownAddress(login))).toBe(
      'muster has what it needs: you can close this page.\n',
    );
    expect(await login.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('user:alice, as operator') });
  });

  test('with a static token from standard input replaces it', async () => {
    expect(await muster(['login', '--token', '-'], { env, input: `${restorer}\n` })).toMatchObject({
      code: 0,
      stdout: `Logged in to ${server.api}: token:restore-tool, as restorer\n`,
    });
    expect((await kept()).servers[server.api]).toEqual({ kind: 'static', token: restorer });
    expect(await run('restore', 'status')).toMatchObject({ code: 0 });
  });
});

test('a token that is made is accepted once its line is in the file', async () => {
  const made = await muster(['token', 'create', 'prometheus', '--role', 'viewer', '--expires', '90d']);
  expect(made.code).toBe(0);
  expect(made.stdout).toMatch(/^muster_[\w-]{43}\n$/);
  expect(made.stderr).toMatch(
    /^- \{"name":"prometheus","role":"viewer","sha256":"[0-9a-f]{64}","expires":"[^"]+Z"\}\n$/,
  );
  expect(made.stderr).not.toContain(made.stdout.trim());
  const path = join(home, 'made.yaml');
  await writeFile(path, made.stderr);
  const tokens = await readStaticTokens({ setting: 'MUSTER_TOKENS_FILE', path });
  expect(findStaticToken(tokens, made.stdout.trim())).toMatchObject({ name: 'prometheus', roles: ['viewer'] });
});

test('a server with tokens only says that one has to be given', async () => {
  const machines = await startServer({ MUSTER_TOKENS_FILE: join(home, 'tokens.yaml') });
  try {
    expect(await muster(['login'], { env: { ...env, MUSTER_SERVER: machines.api } })).toMatchObject({
      code: 1,
      stderr: 'error: the server accepts tokens that it is given, and nobody to log in with: use --token\n',
    });
  } finally {
    await machines.stop();
  }
});

test('a server that asks nobody to log in says so', async () => {
  const open = await startServer();
  try {
    const ended = await muster(['login'], { env: { ...env, MUSTER_SERVER: open.api } });
    expect(ended).toEqual({ code: 0, stdout: `${open.api} asks nobody to log in\n`, stderr: '' });
  } finally {
    await open.stop();
  }
});
