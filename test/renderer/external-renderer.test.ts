import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import type { RenderOutcome } from '../../src/domain/rendering/spec-renderer.ts';
import { createLog } from '../../src/logging/log.ts';
import { ExternalRenderer, type ExternalRendererOptions } from '../../src/renderer/external-renderer.ts';
import { startHttpServer, type HttpServer } from '../support/http-server.ts';
import { createTestClock } from '../support/test-context.ts';
import { TrialPki } from '../support/trial-pki.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const clock = createTestClock();
const desired = { config: [{ name: 'site', gitRef: { repository: 'r', targetRevision: 'main', path: '/' } }] };
const device = { name: 'a', labels: { site: 'north' }, osMode: 'image' };
const rendered = { config: [{ name: '', inline: [{ path: '/a', content: 'b' }] }] };

async function serve(...args: Parameters<typeof startHttpServer>): Promise<HttpServer> {
  const server = await startHttpServer(...args);
  closers.push(() => server.close());
  return server;
}

function open(url: string, options: Partial<ExternalRendererOptions> = {}): ExternalRenderer {
  const usual = { timeoutMs: 1_000, token: () => undefined, ca: undefined, clock, log: createLog('silent') };
  const renderer = new ExternalRenderer({ url, ...usual, ...options });
  closers.push(() => renderer.close());
  return renderer;
}

const answering = async (answer: (response: ServerResponse) => void) => await serve((_, response) => answer(response));
const message = (outcome: RenderOutcome) => (outcome.ok ? '' : (outcome.problems[0]?.message ?? ''));

test('a renderer is posted the device and its desired spec, with a bearer token, and what it makes is delivered', async () => {
  const bodies: unknown[] = [];
  const server = await serve((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push(JSON.parse(Buffer.concat(chunks).toString('utf8')));
      response.end(JSON.stringify({ spec: rendered }));
    });
  });
  let token = 'one';
  const renderer = open(`${server.url}/render`, { token: () => token });
  expect(await renderer.render(desired, device)).toMatchObject({
    ok: true,
    spec: { config: [{ name: '', inline: [{ path: '/a', content: 'Yg==' }] }], consoles: [] },
  });
  token = 'two';
  await renderer.render(desired, { name: 'b', labels: {} });
  expect(bodies).toEqual([
    { device, spec: desired },
    { device: { name: 'b', labels: {}, osMode: null }, spec: desired },
  ]);
  expect(server.requests).toMatchObject([
    { method: 'POST', url: '/render', headers: { 'content-type': 'application/json', authorization: 'Bearer one' } },
    { headers: { authorization: 'Bearer two' } },
  ]);
});

test('what a renderer says is wrong with a spec is passed on, for good', async () => {
  const server = await answering((response) => response.end('{"problems":[{"message":"no such branch"}]}'));
  expect(await open(server.url).render(desired, device)).toEqual({
    ok: false,
    problems: [{ message: 'no such branch' }],
  });
});

test('a renderer is reached over TLS with the authority that is named, and not without', async () => {
  const pki = await TrialPki.make();
  onTestFinished(() => pki.remove());
  const { certificate: cert, key } = await pki.renewServer();
  const server = await serve((_, response) => response.end(JSON.stringify({ spec: rendered })), { cert, key });
  expect(await open(server.url, { ca: pki.ca }).render(desired, device)).toMatchObject({ ok: true });
  const distrusting = await open(server.url).render(desired, device);
  expect(distrusting).toMatchObject({ ok: false, mayPass: true });
  expect(message(distrusting)).toContain('cannot be reached');
});

describe('a renderer that cannot be asked now', () => {
  test.each([500, 503, 429, 408])('and answers %d is asked again later', async (status) => {
    const server = await answering((response) => response.writeHead(status).end());
    const renderer = open(server.url);
    const outcome = await renderer.render(desired, device);
    expect(outcome).toMatchObject({ ok: false, mayPass: true });
    expect(message(outcome)).toBe(`the renderer ${server.url}/ answers ${status}`);
    expect(await renderer.render(desired, device)).toEqual(outcome);
    expect(server.requests).toHaveLength(1);
    clock.advance(1_001);
    await renderer.render(desired, device);
    expect(server.requests).toHaveLength(2);
  });

  test('is one that takes too long', async () => {
    const server = await answering((response) => response.write('{'));
    const outcome = await open(server.url, { timeoutMs: 200 }).render(desired, device);
    expect(outcome).toMatchObject({ ok: false, mayPass: true });
    expect(message(outcome)).toBe(`the renderer ${server.url}/ does not answer within 0.2 seconds`);
  });

  test('is one that is not there', async () => {
    const gone = await startHttpServer((_, response) => response.end());
    await gone.close();
    const outcome = await open(gone.url).render(desired, device);
    expect(outcome).toMatchObject({ ok: false, mayPass: true });
    expect(message(outcome)).toContain('cannot be reached: connect ECONNREFUSED');
  });
});

describe('the answer of a renderer is refused', () => {
  test.each<[string, (response: ServerResponse) => void, string]>([
    ['for 404', (response) => response.writeHead(404).end(), 'answers 404'],
    ['for a redirect', (response) => response.writeHead(302, { location: '/x' }).end(), 'answers 302'],
    ['for no JSON', (response) => response.end('{'), 'answers what is no JSON'],
    ['for no answer', (response) => response.end('[]'), "the renderer's answer cannot be used"],
    [
      'for more bytes than are read',
      (response) => response.end(' '.repeat(17 * 1024 * 1024)),
      'answers with more than',
    ],
    ['for a spec that is cut short', (response) => response.end('{"spec":{"config":[]}}'), 'something in "config"'],
    [
      'for JSON that is nested too deep',
      (response) => response.end(`{"spec":{"x":${'['.repeat(50_000)}${']'.repeat(50_000)}}}`),
      'levels of nesting',
    ],
  ])('%s, for good', async (_, answer, words) => {
    const server = await answering(answer);
    const outcome = await open(server.url).render(desired, device);
    expect(outcome).toMatchObject({ ok: false });
    expect(outcome).not.toMatchObject({ mayPass: true });
    expect(message(outcome)).toContain(words);
  });
});
