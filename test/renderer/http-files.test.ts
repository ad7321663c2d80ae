import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { createLog } from '../../src/logging/log.ts';
import { HttpFiles, type FetchedFile } from '../../src/renderer/http-files.ts';
import type { HttpRepository } from '../../src/renderer/repositories.ts';
import { startHttpServer, type HttpServer } from '../support/http-server.ts';
import { createTestClock } from '../support/test-context.ts';
import { TrialPki } from '../support/trial-pki.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const clock = createTestClock();

function openFiles(allowedNetworks: readonly string[] = ['127.0.0.0/8']): HttpFiles {
  const files = new HttpFiles({ clock, log: createLog('silent'), allowedNetworks });
  closers.push(() => files.close());
  return files;
}

async function serve(...args: Parameters<typeof startHttpServer>): Promise<HttpServer> {
  const server = await startHttpServer(...args);
  closers.push(() => server.close());
  return server;
}

const noTls = { ca: undefined, cert: undefined, key: undefined, rejectUnauthorized: true };

function repository(url: string, more: Partial<HttpRepository> = {}): HttpRepository {
  return { type: 'http', name: 'site', url, authorization: undefined, tls: noTls, ...more };
}

const text = (file: FetchedFile) => (file.ok ? Buffer.from(file.base64, 'base64').toString('utf8') : file.reason);

describe('a file of a repository', () => {
  test('is what stands at its URL and the suffix, asked for with the credentials', async () => {
    const server = await serve((request, response) => response.end(`at ${request.url}`));
    const site = repository(`${server.url}/base`, { authorization: 'Bearer t' });
    expect(text(await openFiles().fetch(site, '/a?b=c'))).toBe('at /base/a?b=c');
    expect(server.requests).toMatchObject([{ method: 'GET', headers: { authorization: 'Bearer t' } }]);
  });

  test('is fetched once for all who ask at the same time, and for a while after', async () => {
    const server = await serve((_, response) => setTimeout(() => response.end('x'), 20));
    const files = openFiles();
    const site = repository(server.url);
    const asked = await Promise.all(Array.from({ length: 50 }, () => files.fetch(site, '/a')));
    expect(new Set(asked.map(text))).toEqual(new Set(['x']));
    clock.advance(9_000);
    await files.fetch(site, '/a');
    expect(server.requests).toHaveLength(1);
  });

  test('is asked for by its validators later, and read again only if it has changed', async () => {
    let version = 1;
    const server = await serve((request, response) => {
      response.setHeader('etag', `"${version}"`);
      response.setHeader('last-modified', 'Sat, 21 Nov 2026 08:00:00 GMT');
      if (request.headers['if-none-match'] === `"${version}"`) response.writeHead(304).end();
      else response.end(`version ${version}`);
    });
    const files = openFiles();
    const site = repository(server.url);
    const look = async () => {
      clock.advance(11_000);
      return text(await files.fetch(site, '/a'));
    };
    expect([await look(), await look()]).toEqual(['version 1', 'version 1']);
    version = 2;
    expect(await look()).toBe('version 2');
    expect(server.requests.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"1"', '"1"']);
    expect(server.requests[1]?.headers['if-modified-since']).toBe('Sat, 21 Nov 2026 08:00:00 GMT');
  });

  test('is asked for at most eight at a time', async () => {
    let now = 0;
    let most = 0;
    const server = await serve((_, response) => {
      now += 1;
      most = Math.max(most, now);
      setTimeout(() => {
        now -= 1;
        response.end('x');
      }, 10);
    });
    const files = openFiles();
    const site = repository(server.url);
    await Promise.all(Array.from({ length: 40 }, (_, index) => files.fetch(site, `/${index}`)));
    expect(server.requests).toHaveLength(40);
    expect(most).toBeLessThanOrEqual(8);
  });

  test('comes over TLS with the certificates that the repository names, and from no other server', async () => {
    const pki = await TrialPki.make();
    onTestFinished(() => pki.remove());
    const [{ certificate, key }, client] = await Promise.all([pki.renewServer(), pki.device('muster')]);
    const { ca } = pki;
    const server = await serve((_, response) => response.end('secret'), {
      cert: certificate,
      key,
      ca,
      requestCert: true,
    });
    const tls = { ca, cert: client.certificate, key: client.key, rejectUnauthorized: true };
    expect(text(await openFiles().fetch(repository(server.url, { tls }), '/'))).toBe('secret');
    expect(
      await openFiles().fetch(repository(server.url, { tls: { ...tls, cert: undefined, key: undefined } }), '/'),
    ).toMatchObject({ ok: false, mayPass: true });
    expect(await openFiles().fetch(repository(server.url), '/')).toMatchObject({ ok: false, mayPass: true });
  });
});

describe('a file cannot be had, for good,', () => {
  test.each([
    ['404', 404, {}, 'answers 404'],
    ['403', 403, {}, 'answers 403'],
    ['401', 401, {}, 'answers 401'],
    ['a redirect to nowhere', 302, {}, 'answers 302 without a location'],
    [
      'a redirect to another kind of URL',
      302,
      { location: 'file:///etc/passwd' },
      'redirects to what is no https:// URL',
    ],
    ['a redirect to itself', 307, { location: '/a' }, 'redirects more than 5 times'],
    ['nothing', 204, {}, 'answers 204'],
    ['what was not asked for', 200, { 'content-encoding': 'gzip' }, 'answers in the encoding gzip'],
  ])('where the server answers %s', async (_, status, headers, words) => {
    const server = await serve((__, response) => response.writeHead(status, headers).end(gzipSync('x')));
    const file = await openFiles().fetch(repository(server.url), '/a?token=hidden');
    expect(file).toMatchObject({ ok: false, mayPass: false });
    expect(text(file)).toContain(words);
    expect(text(file)).not.toContain('hidden');
  });

  test('where it is longer than 1 MiB, which is not read to its end', async () => {
    let sent = 0;
    const server = await serve((_, response) => {
      const send = (): void => {
        while (sent < 100 && response.write(Buffer.alloc(256 * 1024))) sent += 1;
        if (sent < 100) response.once('drain', send);
      };
      send();
    });
    const file = await openFiles().fetch(repository(server.url), '/a');
    expect(file).toMatchObject({ ok: false, mayPass: false });
    expect(text(file)).toContain('holds more than 1048576 bytes');
    expect(sent).toBeLessThan(100);
  });

  test.each([['.evil.example/a'], ['@evil.example/a'], [':1/a']])(
    'where the suffix %s makes it a file of another server',
    async (suffix) => {
      const server = await serve((_, response) => response.end('x'));
      const file = await openFiles().fetch(repository(server.url.replace('127.0.0.1', 'localhost')), suffix);
      expect(file).toMatchObject({ ok: false, mayPass: false });
      expect(server.requests).toEqual([]);
    },
  );
});

describe('a private network', () => {
  test.each([
    ['by address', (url: string) => url],
    ['by name', (url: string) => url.replace('127.0.0.1', 'localhost')],
    ['by an address in another spelling', (url: string) => url.replace('127.0.0.1', '2130706433')],
    ['by an IPv6 address', (url: string) => url.replace('127.0.0.1', '[::ffff:127.0.0.1]')],
  ])('is not reached %s, unless it is allowed', async (_, spelled) => {
    const server = await serve((__, response) => response.end('x'));
    const file = await openFiles([]).fetch(repository(spelled(server.url)), '/');
    expect(file).toMatchObject({ ok: false, mayPass: false });
    expect(text(file)).toContain('MUSTER_REPOSITORY_NETWORKS does not allow');
    expect(server.requests).toEqual([]);
  });

  test('is not reached by a redirect', async () => {
    const inner = await serve((_, response) => response.end('inner'));
    // Allowed is 127.0.0.1, and nothing else.
    const outer = await serve((_, response) =>
      response.writeHead(302, { location: inner.url.replace('127.0.0.1', '127.0.0.2') }).end(),
    );
    const file = await openFiles(['127.0.0.1']).fetch(repository(outer.url), '/');
    expect(file).toMatchObject({ ok: false, mayPass: false });
    expect(text(file)).toContain('127.0.0.2');
  });
});

test('credentials go to no server that the repository redirects to', async () => {
  const other = await serve((_, response) => response.end('there'));
  const site = await serve((request, response) => {
    const location = request.url === '/moved' ? '/here' : `${other.url}/there`;
    response.writeHead(302, { location }).end();
  });
  const files = openFiles();
  expect(text(await files.fetch(repository(site.url, { authorization: 'Bearer t' }), '/moved'))).toBe('there');
  expect(site.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer t', 'Bearer t']);
  expect(other.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
});

describe('a reason that may pass', () => {
  test('of one file leaves that file alone for a second, then two, and no other', async () => {
    const server = await serve((request, response) =>
      request.url === '/bad' ? response.writeHead(503).end() : response.end('x'),
    );
    const files = openFiles();
    const site = repository(server.url);
    const bad = async () => {
      const file = await files.fetch(site, '/bad');
      expect(file).toMatchObject({ ok: false, mayPass: true });
      expect(text(file)).toBe(`${server.url}/bad answers 503`);
      return server.requests.filter(({ url }) => url === '/bad').length;
    };
    expect([await bad(), await bad()]).toEqual([1, 1]);
    clock.advance(1_001);
    expect([await bad(), await bad()]).toEqual([2, 2]);
    clock.advance(1_001);
    expect(await bad()).toBe(2);
    clock.advance(1_000);
    expect(await bad()).toBe(3);
    expect(text(await files.fetch(site, '/good'))).toBe('x');
  });

  test('of a server leaves the whole server alone, until it answers again', async () => {
    const gone = await startHttpServer((_, response) => response.end('x'));
    await gone.close();
    const files = openFiles();
    const site = repository(gone.url);
    const first = await files.fetch(site, '/a');
    expect(first).toMatchObject({ ok: false, mayPass: true });
    expect(text(first)).toContain(`${gone.url}/a cannot be fetched: connect ECONNREFUSED`);
    expect(text(await files.fetch(site, '/b'))).toContain('/a cannot be fetched');
    clock.advance(1_001);
    expect(text(await files.fetch(site, '/b'))).toContain('/b cannot be fetched');
  });

  test('is that a server does not answer in time', { timeout: 15_000 }, async () => {
    const server = await serve((_, response) => {
      response.write('x');
    });
    const file = await openFiles().fetch(repository(server.url), '/a');
    expect(file).toMatchObject({ ok: false, mayPass: true });
    expect(text(file)).toBe(`${server.url}/a cannot be fetched: no answer within 5 seconds`);
  });
});
