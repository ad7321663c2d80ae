import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CredentialFiles } from '../../src/auth/credential-files.ts';
import { readConfig } from '../../src/config/config.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import type { RenderOutcome } from '../../src/domain/rendering/spec-renderer.ts';
import { createLog } from '../../src/logging/log.ts';
import { openRenderer, type OpenedRenderer } from '../../src/renderer/open-renderer.ts';
import { startHttpServer, type HttpServer } from '../support/http-server.ts';
import { createTestClock } from '../support/test-context.ts';
import { until } from '../support/held-transactions.ts';

const log = createLog('silent');
const clock = createTestClock();
const credentialFiles = new CredentialFiles(log);
let directory: string;
const closers: (() => Promise<void>)[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'muster-renderer-'));
});
afterEach(async () => {
  credentialFiles.close();
  for (const close of closers.splice(0)) await close();
  await rm(directory, { recursive: true, force: true });
});

async function serve(...args: Parameters<typeof startHttpServer>): Promise<HttpServer> {
  const server = await startHttpServer(...args);
  closers.push(() => server.close());
  return server;
}

async function open(env: Record<string, string>): Promise<OpenedRenderer> {
  const renderer = await openRenderer(readConfig(env), { clock, log, credentialFiles });
  closers.push(() => renderer.close());
  return renderer;
}

async function repositories(...urls: readonly [name: string, url: string][]): Promise<Record<string, string>> {
  for (const [name, url] of urls) {
    const manifest = { kind: 'Repository', metadata: { name }, spec: { type: 'http', url } };
    await writeFile(join(directory, `${name}.json`), JSON.stringify(manifest));
  }
  return { MUSTER_REPOSITORIES: directory, MUSTER_REPOSITORY_NETWORKS: '127.0.0.1' };
}

const device = { name: 'a', labels: {} };
const web = (suffix: string, filePath = '/etc/web', repository = 'site'): JsonObject => ({
  name: `web${filePath}`,
  httpRef: { repository, suffix, filePath },
});
const git: JsonObject = { name: 'git', gitRef: { repository: 'r', targetRevision: 'main', path: '/' } };
const contents = (outcome: RenderOutcome): unknown => (outcome.ok ? outcome.spec['config'] : outcome.problems);

describe('a file over HTTP', () => {
  test('is delivered beside the files of the other providers, in their order', async () => {
    const server = await serve((request, response) => response.end(`at ${request.url}`));
    const renderer = await open(await repositories(['site', server.url]));
    const last = { name: 'last', inline: [{ path: '/etc/last', content: '' }] };
    const outcome = await renderer.render({ config: [web('/a'), web('/b', '/etc/b'), last] }, device);
    expect(contents(outcome)).toMatchObject([
      {
        inline: [
          { path: '/etc/web', content: Buffer.from('at /a').toString('base64'), mode: 0o644, user: 'root' },
          { path: '/etc/b', content: Buffer.from('at /b').toString('base64') },
          { path: '/etc/last' },
        ],
      },
    ]);
  });

  test('that cannot be had keeps everything from being delivered, and it is said of which provider', async () => {
    const server = await serve((request, response) => response.writeHead(request.url === '/a' ? 404 : 503).end());
    const renderer = await open(await repositories(['site', server.url]));
    const message = `config provider "web/etc/web" cannot be resolved: ${server.url}/a answers 404 (spec.config[0].httpRef)`;
    expect(await renderer.render({ config: [web('/a')] }, device)).toEqual({
      ok: false,
      problems: [{ message }],
      mayPass: false,
    });
    expect(await renderer.render({ config: [web('/b')] }, device)).toMatchObject({ ok: false, mayPass: true });
    expect(await renderer.render({ config: [web('/b'), web('/a', '/etc/a')] }, device)).toMatchObject({
      ok: false,
      mayPass: false,
    });
  });

  test('is not asked for where something else keeps the spec from being delivered', async () => {
    const server = await serve((_, response) => response.end('x'));
    const renderer = await open(await repositories(['site', server.url]));
    expect(await renderer.render({ config: [web('/a'), git] }, device)).toMatchObject({ ok: false });
    expect(server.requests).toEqual([]);
  });

  test('of a repository that nobody named is none', async () => {
    const renderer = await open({});
    expect(contents(await renderer.render({ config: [web('/a')] }, device))).toEqual([
      {
        message:
          'config provider "web/etc/web" cannot be resolved: there is no repository "site" in MUSTER_REPOSITORIES (spec.config[0].httpRef)',
      },
    ]);
  });

  test('and more of them are bounded for one device', async () => {
    const server = await serve((_, response) => response.end(Buffer.alloc(1024 * 1024)));
    const renderer = await open(await repositories(['site', server.url]));
    const config = ['/a', '/b', '/c', '/d'].map((path) => web(path, path));
    expect(contents(await renderer.render({ config }, device))).toEqual([
      { message: expect.stringContaining('more than 3145728 bytes of base64') as string },
    ]);
    expect(server.requests).toHaveLength(3);
  });

  test('comes from where the repository is by then: its file is read again', { timeout: 15_000 }, async () => {
    const first = await serve((_, response) => response.end('first'));
    const second = await serve((_, response) => response.end('second'));
    const renderer = await open(await repositories(['site', first.url]));
    const text = async () => JSON.stringify(contents(await renderer.render({ config: [web('/a')] }, device)));
    const holds = (content: string) => Buffer.from(content).toString('base64');
    expect(await text()).toContain(holds('first'));
    await repositories(['site', second.url]);
    await until(async () => (await text()).includes(holds('second')));
    await repositories(['other', second.url]);
    await until(async () => (await renderer.render({ config: [web('/a', '/a', 'other')] }, device)).ok);
  });
});

describe('another renderer', () => {
  const answer = { spec: { config: [{ name: '', inline: [{ path: '/etc/web', content: 'theirs' }] }] } };
  const theirs = Buffer.from('theirs').toString('base64');

  test('is asked for what Muster cannot resolve itself, and for nothing else', async () => {
    const server = await serve((_, response) => response.end('ours'));
    const other = await serve((_, response) => response.end(JSON.stringify(answer)));
    const renderer = await open({ ...(await repositories(['site', server.url])), MUSTER_RENDERER_URL: other.url });
    const ours = await renderer.render({ config: [web('/a')] }, device);
    expect(JSON.stringify(ours)).toContain(Buffer.from('ours').toString('base64'));
    expect(other.requests).toEqual([]);
    for (const provider of [git, web('/a', '/etc/web', 'elsewhere')]) {
      expect(JSON.stringify(await renderer.render({ config: [provider] }, device))).toContain(theirs);
    }
    expect(other.requests).toHaveLength(2);
  });

  test('is asked for every spec where it is to be', async () => {
    const other = await serve((_, response) => response.end(JSON.stringify(answer)));
    const renderer = await open({ MUSTER_RENDERER_URL: other.url, MUSTER_RENDERER_SCOPE: 'all' });
    const config = [{ name: 'a', inline: [{ path: '/etc/web', content: 'ours' }] }];
    expect(JSON.stringify(await renderer.render({ config }, device))).toContain(theirs);
  });

  test('is sent the token of a file, by which it is read again', { timeout: 15_000 }, async () => {
    const other = await serve((_, response) => response.end(JSON.stringify(answer)));
    const path = join(directory, 'token');
    await writeFile(path, 'one\n');
    const renderer = await open({ MUSTER_RENDERER_URL: other.url, MUSTER_RENDERER_TOKEN_FILE: path });
    await renderer.render({ config: [git] }, device);
    await writeFile(path, 'second\n');
    await until(async () => {
      await renderer.render({ config: [git] }, device);
      return other.requests.at(-1)?.headers.authorization === 'Bearer second';
    });
    expect(other.requests[0]?.headers.authorization).toBe('Bearer one');
  });

  test('must be named by a URL that nobody else can answer', () => {
    for (const url of ['http://renderer.example/x', 'https://u:p@renderer.example/', 'renderer']) {
      expect(() => readConfig({ MUSTER_RENDERER_URL: url })).toThrow('MUSTER_RENDERER_URL: expected');
    }
    expect(() => readConfig({ MUSTER_RENDERER_CA: 'ca.crt' })).toThrow('MUSTER_RENDERER_URL: expected the renderer');
    expect(readConfig({ MUSTER_RENDERER_URL: 'http://[::1]:8080/x' }).rendererUrl).toBe('http://[::1]:8080/x');
  });

  test('keeps the service from starting with a token that is none', async () => {
    const path = join(directory, 'token');
    await writeFile(path, 'two words\n');
    const env = { MUSTER_RENDERER_URL: 'https://renderer.example', MUSTER_RENDERER_TOKEN_FILE: path };
    await expect(open(env)).rejects.toThrow(
      `MUSTER_RENDERER_TOKEN_FILE: ${path}: expected one line with a bearer token`,
    );
  });
});
