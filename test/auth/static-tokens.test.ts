import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AdminAuthenticator } from '../../src/auth/admin-authenticator.ts';
import { CredentialFiles } from '../../src/auth/credential-files.ts';
import { createStaticToken, hashOfToken } from '../../src/auth/static-tokens.ts';
import { readConfig } from '../../src/config/config.ts';
import type { Log } from '../../src/logging/log.ts';
import { createTestClock } from '../support/test-context.ts';

let directory: string;
let path: string;
let lines: string[];
let files: CredentialFiles;

const clock = createTestClock();

/** Keeps what would be logged. */
function recordingLog(): Log {
  const keep = (...said: unknown[]) => void lines.push(JSON.stringify(said));
  return { trace: keep, debug: keep, info: keep, warn: keep, error: keep, fatal: keep };
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'muster-tokens-'));
  path = join(directory, 'tokens.yaml');
  lines = [];
  files = new CredentialFiles(recordingLog());
});

afterEach(async () => {
  files.close();
  await rm(directory, { recursive: true });
});

async function open(text: string): Promise<AdminAuthenticator> {
  await writeFile(path, text, { mode: 0o600 });
  const config = readConfig({ MUSTER_TOKENS_FILE: path });
  const opened = await AdminAuthenticator.open({
    config,
    clock,
    log: recordingLog(),
    credentialFiles: files,
    oidcIssuer: undefined,
  });
  if (opened === undefined) throw new Error('no authentication is configured');
  return opened;
}

const [first, second] = [createStaticToken(), createStaticToken()];
const hashed = (token: string) => hashOfToken(token).toString('hex');

const yaml = `
# the tool that restores the database
- name: restore-tool
  role: restorer
  sha256: ${hashed(first).toUpperCase()}
- name: restore-tool
  roles: [viewer, operator]
  sha256: "${hashed(second)}"
  expires: 2026-11-22
`;

describe('the file of static tokens', () => {
  test('gives names and roles, and may give two tokens one name', async () => {
    const authenticator = await open(yaml);
    expect(await authenticator.identify(`Bearer ${first}`)).toEqual({
      name: 'token:restore-tool',
      roles: ['restorer'],
    });
    expect(await authenticator.identify(`Bearer ${second}`)).toEqual({
      name: 'token:restore-tool',
      roles: ['viewer', 'operator'],
    });
  });

  test('may hold none', async () => {
    const authenticator = await open('');
    await expect(authenticator.identify(`Bearer ${first}`)).rejects.toThrow('the token is not known here');
  });

  test('is read again when it changes, and left in force when the change is a mistake', async () => {
    const authenticator = await open('[]');
    await writeFile(path, yaml);
    await files.reload();
    expect(await authenticator.identify(`Bearer ${first}`)).toMatchObject({ roles: ['restorer'] });
    await writeFile(path, yaml.replace('restorer', 'boss'));
    await files.reload();
    expect(await authenticator.identify(`Bearer ${first}`)).toMatchObject({ roles: ['restorer'] });
    expect(lines.join('\n')).toContain('MUSTER_TOKENS_FILE');
    await writeFile(path, '[]');
    await files.reload();
    await expect(authenticator.identify(`Bearer ${first}`)).rejects.toThrow('the token is not known here');
  });

  test('is warned of if everybody may read it', async () => {
    await open(yaml);
    expect(lines).toEqual([]);
    await chmod(path, 0o644);
    await files.reload();
    expect(lines.join('\n')).toContain('everybody on this machine may read it');
  });

  test.each([
    ['- name: a\n  role: boss\n  sha256: x', /\[0\].role: expected a role: viewer, operator, restorer, admin/],
    [`- name: a\n  sha256: ${hashed(first)}`, /expected either role or roles/],
    [`- name: a\n  role: viewer\n  token: ${first}`, /sha256/],
    [`- name: "a\\nb"\n  role: viewer\n  sha256: ${hashed(first)}`, /name: expected letters/],
    [`- name: a\n  role: viewer\n  sha256: ${hashed(first)}\n  expires: soon`, /expires: expected a time or a day/],
    [`${yaml}- name: twice\n  role: admin\n  sha256: ${hashed(first)}`, /\[2\].sha256: expected each token once/],
    ['name: a', /MUSTER_TOKENS_FILE: .*tokens.yaml: the list of tokens is not valid/],
    ['- [', /expected a list of tokens in YAML or JSON/],
  ])('keeps the service from starting if it is %j', async (text, says) => {
    const failure = await open(text).then(
      () => undefined,
      (error: Error) => error.message,
    );
    expect(failure).toMatch(says);
    expect(failure).not.toContain(first);
  });

  test('has to be there', async () => {
    const config = readConfig({ MUSTER_TOKENS_FILE: join(directory, 'none') });
    const opening = AdminAuthenticator.open({
      config,
      clock,
      log: recordingLog(),
      credentialFiles: files,
      oidcIssuer: undefined,
    });
    await expect(opening).rejects.toThrow(/^MUSTER_TOKENS_FILE: cannot read .*none: there is no such file$/);
  });
});
