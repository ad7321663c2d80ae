import { X509Certificate } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeJwt, decodeProtectedHeader, importSPKI, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { holderOf } from '../../src/auth/certificate-name.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { muster, startMuster, type MusterProcess } from './muster-process.ts';

let directory: string;
let said: string;
let listed: string;
const pki = (file: string) => join(directory, 'pki', file);
const mode = async (file: string) => ((await stat(pki(file))).mode & 0o777).toString(8);
const certificate = async (file: string) => new X509Certificate(await readFile(pki(file)));

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'muster-cli-pki-'));
  const made = await muster([
    'pki',
    'init',
    '--dir',
    join(directory, 'pki'),
    '--host',
    'muster.example.com',
    '192.0.2.10',
  ]);
  said = made.stdout;
  const issued = await muster([
    'pki',
    'device',
    'gateway-1',
    'sim-000001',
    'sim-000002',
    '--dir',
    join(directory, 'pki'),
    '--days',
    '3',
  ]);
  listed = issued.stdout;
});

afterAll(() => rm(directory, { recursive: true, force: true }));

describe('muster pki init', () => {
  test('makes an authority and a server’s certificate for every host, with keys for their owner only', async () => {
    const [ca, server] = [await certificate('ca.crt'), await certificate('server.crt')];
    expect(ca.ca).toBe(true);
    expect(server.verify(ca.publicKey)).toBe(true);
    for (const host of ['muster.example.com', 'localhost']) expect(server.checkHost(host)).toBe(host);
    for (const address of ['192.0.2.10', '127.0.0.1', '::1']) expect(server.checkIP(address)).toBeDefined();
    for (const key of ['ca.key', 'server.key', 'device-token.key']) expect(await mode(key)).toBe('600');
    expect(server.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
  });

  test('says what to set next', () => {
    for (const setting of [
      `MUSTER_API_TLS_CERT=${pki('server.crt')}`,
      `MUSTER_AGENT_TLS_KEY=${pki('server.key')}`,
      `MUSTER_AGENT_CLIENT_CA=${pki('client-ca.crt')}`,
      `MUSTER_DEVICE_CA_CERT=${pki('device-ca.crt')}`,
      `MUSTER_DEVICE_CA_KEY=${pki('device-ca.key')}`,
      'MUSTER_AGENT_URL=https://muster.example.com:7443',
      `MUSTER_AGENT_SERVER_CA=${pki('ca.crt')}`,
      `MUSTER_DEVICE_TOKEN_KEYS=${pki('device-token.pub')}`,
      `MUSTER_CA=${pki('ca.crt')}`,
      'MUSTER_SERVER=https://muster.example.com:3443',
    ]) {
      expect(said).toContain(setting);
    }
  });

  test('makes a device CA, and the configuration of an agent that enrolls with a certificate of it', async () => {
    const [deviceCa, enrolling] = [await certificate('device-ca.crt'), await certificate('agent/enrollment.crt')];
    expect(enrolling.verify(deviceCa.publicKey)).toBe(true);
    expect(holderOf(enrolling)).toEqual({ kind: 'enrollment', name: 'client-enrollment-trial' });
    for (const secret of ['device-ca.key', 'agent/enrollment.key', 'agent/config.yaml'])
      expect(await mode(secret)).toBe('600');
    const text = async (file: string) => await readFile(pki(file), 'utf8');
    const base64 = async (file: string) => Buffer.from(await text(file)).toString('base64');
    expect(parse(await text('agent/config.yaml'))).toEqual({
      'enrollment-service': {
        service: {
          server: 'https://muster.example.com:7443',
          'certificate-authority-data': await base64('ca.crt'),
        },
        authentication: {
          'client-certificate-data': await base64('agent/enrollment.crt'),
          'client-key-data': await base64('agent/enrollment.key'),
        },
      },
    });
    expect(await text('client-ca.crt')).toBe((await text('ca.crt')) + (await text('device-ca.crt')));
  });

  test('overwrites nothing', async () => {
    const before = await readFile(pki('ca.key'), 'utf8');
    const again = await muster(['pki', 'init', '--dir', join(directory, 'pki')]);
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(/ca\.crt.*exist already, and nothing is overwritten/);
    expect(await readFile(pki('ca.key'), 'utf8')).toBe(before);
  });
});

describe('muster pki device', () => {
  test('issues a certificate with the name of the device, from the authority and for so many days', async () => {
    expect(listed.split('\n')[0]).toBe(`${pki('devices/gateway-1.crt')} ${pki('devices/gateway-1.key')}`);
    const [ca, device] = [await certificate('ca.crt'), await certificate('devices/gateway-1.crt')];
    expect(device.verify(ca.publicKey)).toBe(true);
    expect(device.subject).toBe('CN=gateway-1');
    expect(await mode('devices/gateway-1.key')).toBe('600');
    const days = (Date.parse(device.validTo) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(2);
    expect(days).toBeLessThanOrEqual(3);
  });

  test.each<[string, string[], number, RegExp]>([
    ['a name that has one', ['new-1', 'gateway-1'], 1, /gateway-1\.crt, .*gateway-1\.key exist already/],
    ['what is no name', ['Gateway_1'], 2, /"Gateway_1" cannot be a name/],
    ['no name', [], 2, /missing required argument 'name'/],
  ])('refuses %s', async (_what, names, code, message) => {
    const ended = await muster(['pki', 'device', ...names, '--dir', join(directory, 'pki')]);
    expect(ended).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(message) });
    await expect(stat(pki('devices/new-1.crt'))).rejects.toThrow(/ENOENT/);
  });

  test('without an authority says how to make one', async () => {
    const ended = await muster(['pki', 'device', 'gateway-1', '--dir', join(directory, 'none')]);
    expect(ended).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('muster pki init makes a certificate authority'),
    });
  });
});

describe('muster token device', () => {
  test('issues a token that the public key checks, for the device and until then', async () => {
    const { stdout } = await muster([
      'token',
      'device',
      'gateway-1',
      '--key',
      pki('device-token.key'),
      '--expires',
      '90d',
    ]);
    const key = await importSPKI(await readFile(pki('device-token.pub'), 'utf8'), 'EdDSA');
    const { payload } = await jwtVerify(stdout.trim(), key, { audience: 'muster-agent', subject: 'gateway-1' });
    expect(Number(payload.exp) - Number(payload.iat)).toBe(90 * 86_400);
    expect(decodeProtectedHeader(stdout.trim())).toMatchObject({ alg: 'EdDSA' });
  });

  test('that never expires, if nothing is said', async () => {
    const { stdout } = await muster(['token', 'device', 'gateway-1', '--key', pki('device-token.key')]);
    expect(decodeJwt(stdout.trim()).exp).toBeUndefined();
  });

  test.each<[string, string[], number, RegExp]>([
    ['a key of another kind', ['--key', 'ca.key'], 1, /expected an Ed25519 private key/],
    ['the public key', ['--key', 'device-token.pub'], 1, /expected an Ed25519 private key/],
    ['a key that is not there', ['--key', 'none.key'], 1, /there is no such file; muster pki token-key makes one/],
    [
      'a lifetime that is none',
      ['--key', 'device-token.key', '--expires', 'soon'],
      2,
      /Expected a lifetime such as 90d/,
    ],
  ])('refuses %s', async (_what, [option = '', file = '', ...more], code, message) => {
    const ended = await muster(['token', 'device', 'gateway-1', option, pki(file), ...more]);
    expect(ended).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(message) });
  });
});

test('muster pki token-key makes a pair, and overwrites nothing', async () => {
  const key = join(directory, 'next.key');
  const made = await muster(['pki', 'token-key', '--key', key]);
  expect(made).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`MUSTER_DEVICE_TOKEN_KEYS=${join(directory, 'next.pub')}`),
  });
  expect(((await stat(key)).mode & 0o777).toString(8)).toBe('600');
  expect(await muster(['pki', 'token-key', '--key', key])).toMatchObject({ code: 1, stdout: '' });
});

test('muster serve with a key that is not the certificate’s says so, and ends', async () => {
  const database = await createTestDatabase();
  const env = {
    DATABASE_URL: database.url,
    MUSTER_LOG_LEVEL: 'fatal',
    MUSTER_AGENT_TLS_CERT: pki('server.crt'),
    MUSTER_AGENT_TLS_KEY: pki('ca.key'),
  };
  const ended = await muster(['serve', '--api-listen', '127.0.0.1:0', '--agent-listen', '127.0.0.1:0'], { env });
  await database.drop();
  expect(ended).toEqual({
    code: 1,
    stdout: '',
    stderr: `error: the service cannot start: MUSTER_AGENT_TLS_KEY: the key in ${pki('ca.key')} is not that of the certificate in ${pki('server.crt')}\n`,
  });
});

describe('a service that runs with all of it', () => {
  let database: TestDatabase;
  let service: MusterProcess;
  let api: string;
  let agent: string;
  let env: Record<string, string>;

  beforeAll(async () => {
    database = await createTestDatabase();
    await cp(pki('server.crt'), pki('current.crt'));
    await cp(pki('server.key'), pki('current.key'));
    service = startMuster(['serve', '--api-listen', '127.0.0.1:0', '--agent-listen', '127.0.0.1:0'], {
      env: {
        DATABASE_URL: database.url,
        MUSTER_LOG_LEVEL: 'info',
        MUSTER_API_TLS_CERT: pki('current.crt'),
        MUSTER_API_TLS_KEY: pki('current.key'),
        MUSTER_AGENT_TLS_CERT: pki('current.crt'),
        MUSTER_AGENT_TLS_KEY: pki('current.key'),
        MUSTER_AGENT_CLIENT_CA: pki('ca.crt'),
        MUSTER_DEVICE_TOKEN_KEYS: pki('device-token.pub'),
      },
    });
    const [line] = await service.writes(/\{"event":"listening".*\}/);
    ({ api, agent } = JSON.parse(line) as { api: string; agent: string });
    env = { MUSTER_SERVER: api, MUSTER_AGENT_SERVER: agent, MUSTER_CA: pki('ca.crt') };
  });

  afterAll(async () => {
    service.process.kill('SIGTERM');
    await service.ended;
    await database.drop();
  });

  test('says that it speaks TLS', () => {
    expect([api, agent]).toEqual([expect.stringMatching(/^https:/), expect.stringMatching(/^https:/)]);
  });

  test('answers commands that trust its authority, and no others', async () => {
    const trusting = await muster(['get', 'devices', '--ca', pki('ca.crt')], { env: { MUSTER_SERVER: api } });
    expect(trusting).toMatchObject({ code: 0 });
    const other = await muster(['get', 'devices'], { env: { MUSTER_SERVER: api } });
    expect(other).toMatchObject({ code: 4, stderr: expect.stringContaining('--ca or MUSTER_CA names one') });
    const plain = await muster(['get', 'devices'], { env: { MUSTER_SERVER: api.replace('https:', 'http:') } });
    expect(plain.code).not.toBe(0);
    const wrong = await muster(['get', 'devices', '--ca', pki('ca.key')], { env: { MUSTER_SERVER: api } });
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringMatching(/--ca: expected certificates in PEM form/) });
  });

  test.each<[string, string[]]>([
    ['certificates', ['--device-cert-dir', 'devices']],
    ['tokens', ['--device-token-key', 'device-token.key']],
  ])('hears simulated devices that show %s', async (_what, [option = '', file = '']) => {
    const words = ['simulate', '--devices', '2', '--register', '--duration', '3s', '--rate', '50', '--json'];
    const ended = await muster([...words, option, pki(file)], { env });
    expect(ended).toMatchObject({ code: 0 });
    expect(JSON.parse(ended.stdout)).toMatchObject({ answered: 2, errors: {} });
  });

  test('refuses simulated devices that show nothing', async () => {
    const words = ['simulate', '--devices', '2', '--register', '--duration', '2s', '--rate', '50', '--json'];
    const ended = await muster(words, { env });
    expect(ended.code).toBe(1);
    expect(JSON.parse(ended.stdout)).toMatchObject({ answered: 0, errors: { 'HTTP 401': expect.any(Number) } });
  });

  test('reads its certificate again on SIGHUP, and keeps it if the new one is broken', async () => {
    const shown = async () => {
      const socket = connect({ port: Number(new URL(api).port), host: '127.0.0.1', ca: await readFile(pki('ca.crt')) });
      await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
      const { fingerprint256 } = socket.getPeerCertificate();
      socket.destroy();
      return fingerprint256;
    };
    const logged = async (pattern: RegExp) => {
      while (!pattern.test(service.stderr())) await sleep(20);
    };
    const before = await shown();
    await writeFile(pki('current.crt'), 'nothing');
    service.process.kill('SIGHUP');
    await logged(/"level":50.*MUSTER_API_TLS_CERT: cannot be read again, what was read before stays in force/);
    expect(await shown()).toBe(before);

    await muster(['pki', 'init', '--dir', join(directory, 'other')]);
    for (const file of ['current.crt', 'current.key']) {
      await cp(join(directory, 'other', file.replace('current', 'server')), pki(file));
    }
    await cp(join(directory, 'other', 'ca.crt'), pki('ca.crt'));
    service.process.kill('SIGHUP');
    while ((await shown().catch(() => before)) === before) await sleep(50);
    expect(await shown()).toBe(new X509Certificate(await readFile(pki('current.crt'))).fingerprint256);
  });
});
