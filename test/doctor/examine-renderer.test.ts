import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { examineRenderer } from '../../src/doctor/examine-renderer.ts';
import { startHttpServer } from '../support/http-server.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'muster-doctor-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

async function found(env: Record<string, string>): Promise<string[]> {
  return (await examineRenderer(readConfig(env))).map(({ level, found }) => `${level}: ${found}`);
}

async function repositories(mode: number, ...specs: readonly object[]): Promise<string> {
  const path = join(directory, 'repositories.json');
  const items = specs.map((spec, index) => ({ kind: 'Repository', metadata: { name: `r${index}` }, spec }));
  await writeFile(path, JSON.stringify({ kind: 'List', items }));
  await chmod(path, mode);
  return path;
}

test('where nothing is set, nothing is wrong', async () => {
  expect(await found({})).toEqual([
    'ok: no repositories: MUSTER_REPOSITORIES is not set, so no httpRef is resolved here',
    'ok: no other renderer: MUSTER_RENDERER_URL is not set',
  ]);
});

test('repositories that cannot be reached, or are not safe, are named', async () => {
  const path = await repositories(
    0o644,
    { type: 'http', url: 'http://127.0.0.1:1', httpConfig: { token: 'hunter2' } },
    { type: 'http', url: 'https://127.0.0.2', httpConfig: { skipServerVerification: true } },
    { type: 'git', url: 'x' },
  );
  const said = await found({ MUSTER_REPOSITORIES: path, MUSTER_REPOSITORY_NETWORKS: '127.0.0.1' });
  expect(said).toEqual([
    `ok: MUSTER_REPOSITORIES: repositories in ${path}: 3`,
    'warning: repository r0 is sent its credentials without TLS',
    'warning: repository r1: anybody can answer in its place, because skipServerVerification is true',
    'problem: repository r1 is at 127.0.0.2, in a private or otherwise special network',
    `warning: MUSTER_REPOSITORIES: every user of this machine can read ${path}, which holds credentials`,
    'ok: no other renderer: MUSTER_RENDERER_URL is not set',
  ]);
});

test('a file of repositories that keeps the service from starting is a problem', async () => {
  const path = await repositories(0o600, { type: 'ftp' });
  const [first] = await found({ MUSTER_REPOSITORIES: path });
  expect(first).toContain(`problem: MUSTER_REPOSITORIES: ${path}: document 1 is not valid: spec.type: expected`);
});

test('a renderer is reached, whatever it answers, or a problem; it is sent no spec', async () => {
  const server = await startHttpServer((_, response) => response.writeHead(405).end());
  expect(await found({ MUSTER_RENDERER_URL: server.url })).toContain(`ok: MUSTER_RENDERER_URL: ${server.url} answers`);
  expect(server.requests.map(({ method }) => method)).toEqual(['GET']);
  await server.close();
  const [, second] = await found({ MUSTER_RENDERER_URL: server.url });
  expect(second).toContain(`problem: MUSTER_RENDERER_URL: ${server.url} cannot be reached: connect ECONNREFUSED`);
  const token = join(directory, 'none');
  const [, third] = await found({ MUSTER_RENDERER_URL: server.url, MUSTER_RENDERER_TOKEN_FILE: token });
  expect(third).toContain(`problem: MUSTER_RENDERER_TOKEN_FILE: cannot read ${token}: there is no such file`);
});
