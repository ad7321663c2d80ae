import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readRepositories } from '../../src/renderer/repositories.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'muster-repositories-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

const setting = 'MUSTER_REPOSITORIES';
const read = async (path: string) => await readRepositories({ setting, path });

async function file(name: string, content: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, content);
  return path;
}

/** A manifest as Flight Control's users have it. */
const manifest = (name: string, more = '') => `apiVersion: flightctl.io/v1beta1
kind: Repository
metadata:
  name: ${name}
  labels: {a: b}
spec:
  url: https://example.com/config
  type: http
  validationSuffix: /health
${more}`;
const pem = '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n';
const inBase64 = Buffer.from(pem).toString('base64');

test('repositories are read from a file of documents, with their credentials', async () => {
  const documents = [
    manifest('plain'),
    manifest('user', '  httpConfig: {username: u, password: "p:q", skipServerVerification: true}\n'),
    manifest(
      'token',
      `  httpConfig:\n    token: t\n    ca.crt: ${inBase64}\n    tls.crt: ${inBase64}\n    tls.key: ${inBase64}\n`,
    ),
    'kind: Repository\nmetadata: {name: git}\nspec: {type: git, url: "https://x/y.git", sshConfig: {}}\n',
    '# nothing\n',
  ];
  const { repositories, paths } = await read(await file('all.yaml', documents.join('---\n')));
  const tls = { ca: undefined, cert: undefined, key: undefined, rejectUnauthorized: true };
  const http = { type: 'http', url: 'https://example.com/config', authorization: undefined, tls };
  expect([...repositories.values()]).toEqual([
    { ...http, name: 'plain' },
    { ...http, name: 'user', authorization: 'Basic dTpwOnE=', tls: { ...tls, rejectUnauthorized: false } },
    { ...http, name: 'token', authorization: 'Bearer t', tls: { ...tls, ca: pem, cert: pem, key: pem } },
    { type: 'other', name: 'git', kind: 'git' },
  ]);
  expect(paths).toEqual([join(directory, 'all.yaml')]);
});

test('repositories are read from every file of a directory, and from lists as a client prints them', async () => {
  await file(
    'b.json',
    JSON.stringify({
      kind: 'RepositoryList',
      items: [{ kind: 'Repository', metadata: { name: 'b' }, spec: { type: 'oci' } }],
    }),
  );
  await file('a.yml', manifest('a'));
  await file('README.md', 'not this');
  await file('.hidden.yaml', 'nor: this');
  await mkdir(join(directory, 'below'));
  const { repositories, paths } = await read(directory);
  expect([...repositories.keys()]).toEqual(['a', 'b']);
  expect(paths).toEqual([directory, join(directory, 'a.yml'), join(directory, 'b.json')]);
});

describe('a file of repositories is refused, with what is wrong and no secret, for', () => {
  test.each([
    ['no YAML', '{a: [', 'document 1 is neither YAML nor JSON'],
    ['another kind', 'kind: Fleet\nmetadata: {name: a}\nspec: {}\n', 'kind: expected "Repository"'],
    [
      'another type',
      'kind: Repository\nmetadata: {name: a}\nspec: {type: ftp}\n',
      'spec.type: expected the type http, git or oci',
    ],
    ['two of one name', `${manifest('a')}---\n${manifest('a')}`, 'there is a second repository a'],
    [
      'a URL of another kind',
      manifest('a').replace('https:', 'ftp:'),
      'spec.url: expected a URL that starts with https:// or http://',
    ],
    ['a URL with a password', manifest('a').replace('https://', 'https://u:hunter2@'), 'spec.url: expected a URL'],
    [
      'a setting that is none',
      manifest('a', '  httpConfig: {pasword: hunter2}\n'),
      'spec.httpConfig.pasword: expected no such key',
    ],
    [
      'a number for a password',
      manifest('a', '  httpConfig: {password: 1234}\n'),
      'spec.httpConfig.password: expected a string',
    ],
    [
      'what is no PEM',
      manifest('a', '  httpConfig: {tls.key: aHVudGVyMg==}\n'),
      'spec.httpConfig["tls.key"]: expected PEM in base64',
    ],
  ])('%s', async (_, content, words) => {
    const path = await file('a.yaml', content);
    await expect(read(path)).rejects.toThrow(`MUSTER_REPOSITORIES: ${path}: `);
    await expect(read(path)).rejects.toThrow(words);
    await expect(read(path)).rejects.not.toThrow('hunter2');
  });

  test('not being there', async () => {
    await expect(read(join(directory, 'none.yaml'))).rejects.toThrow('there is no such file');
  });
});
