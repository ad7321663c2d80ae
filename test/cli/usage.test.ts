import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { freePort } from '../support/servers.ts';
import { muster, startMuster } from './muster-process.ts';

vi.setConfig({ testTimeout: 120_000 });

/** Stands where a Muster server could be, and answers as a proxy before it or something else altogether would. */
let other: Server;
let env: Record<string, string>;

const status = (code: number, message: string) =>
  JSON.stringify({ apiVersion: 'v1beta1', kind: 'Status', status: 'Failure', code, reason: 'Any', message });

const answers: Record<string, { code: number; type: string; body: string }> = {
  '/api/v1/devices/unauthorized': { code: 401, type: 'application/json', body: status(401, 'who are you?') },
  '/api/v1/devices/forbidden': { code: 403, type: 'application/json', body: status(403, 'not for you') },
  '/api/v1/devices/proxy': { code: 502, type: 'text/html', body: '<html>Bad Gateway</html>' },
  '/api/v1/devices/page': { code: 200, type: 'text/html', body: '<html>Welcome</html>' },
};
const tokens: (string | undefined)[] = [];

beforeAll(async () => {
  other = createServer((request, response) => {
    tokens.push(request.headers.authorization);
    const answer = answers[request.url ?? ''];
    if (answer === undefined) return response.destroy();
    return response.writeHead(answer.code, { 'content-type': answer.type }).end(answer.body);
  });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  env = { MUSTER_SERVER: `http://127.0.0.1:${(other.address() as AddressInfo).port}` };
});

afterAll(async () => {
  await new Promise((resolve) => other.close(resolve));
});

test.each([
  [['get', 'gadgets'], 'unknown kind of resource "gadgets": expected devices (device, dev), fleets', 'get'],
  [['get', 'devices', '--limt', '3'], "unknown option '--limt'\n(Did you mean --limit?)", 'get'],
  [['get', 'devices', '--server', 'nonsense'], '--server: expected a URL such as', 'get'],
  [['resume', 'devices'], 'expected the name of a device, a selector, or --all', 'resume'],
  [['restore', 'declare', '--sha256', 'abc'], '64 hexadecimal digits', 'restore declare'],
  [['apply'], "required option '-f, --filename <file>' not specified", 'apply'],
] as const)('%j is a usage error: exit 2, what is wrong, and how to get help', async (words, message, path) => {
  const { code, stdout, stderr } = await muster(words);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(`error: `);
  expect(stderr).toContain(message);
  expect(stderr).toContain(`Run 'muster ${path} --help' for usage.\n`);
});

test('without a command it shows help on standard error and exits 2', async () => {
  const { code, stdout, stderr } = await muster([]);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('Usage: muster');
});

test('--help and --version are no errors', async () => {
  expect(await muster(['resume', '--help'])).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringContaining('Examples:') as string,
  });
  expect(await muster(['--version'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
  });
});

test('a server that is not there exits 4 and is named', async () => {
  const server = `http://127.0.0.1:${await freePort()}`;
  const { code, stdout, stderr } = await muster(['get', 'devices', '--server', server]);
  expect([code, stdout]).toEqual([4, '']);
  expect(stderr).toContain(`error: cannot reach the server at ${server}: connection refused`);
  expect(stderr).not.toContain('    at ');
});

test('a connection that drops before the answer exits 4', async () => {
  const { code, stderr } = await muster(['get', 'device', 'dropped'], { env });
  expect([code, stderr]).toEqual([4, expect.stringContaining('connection lost') as string]);
});

test('a refusal for who asks exits 5, with the message of the server', async () => {
  const nobody = await muster(['get', 'device', 'unauthorized'], { env });
  expect(nobody).toEqual({ code: 5, stdout: '', stderr: 'error: who are you?; log in with muster login\n' });
  tokens.length = 0;
  const somebody = await muster(['--token', 'secret', 'get', 'device', 'forbidden'], { env });
  expect(somebody).toEqual({ code: 5, stdout: '', stderr: 'error: not for you\n' });
  expect(tokens).toEqual(['Bearer secret']);
});

test('what is not an answer of Muster is an error without a stack', async () => {
  const proxy = await muster(['get', 'device', 'proxy'], { env });
  expect(proxy).toMatchObject({ code: 1, stderr: expect.stringContaining('answered 502 Bad Gateway') as string });
  const page = await muster(['get', 'device', 'page'], { env });
  expect(page).toMatchObject({
    code: 1,
    stderr: 'error: the answer is not JSON: is this the address of a Muster server?\n',
  });
});

test('a reader that stops early ends it without a word', async () => {
  const help = startMuster(['help', 'get']);
  help.process.stdout.destroy();
  expect(await help.ended).toMatchObject({ code: 0, stderr: '' });
});
