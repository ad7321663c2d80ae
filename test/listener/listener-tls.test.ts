import { readFile, writeFile } from 'node:fs/promises';
import { connect, type TLSSocket } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { DeviceAuthenticator } from '../../src/auth/device-authenticator.ts';
import { CredentialFiles } from '../../src/auth/credential-files.ts';
import { newTokenKeys } from '../../src/cli/pki/token-key.ts';
import { TrialAuthority } from '../../src/cli/pki/trial-authority.ts';
import { systemClock } from '../../src/time/clock.ts';
import { readConfig } from '../../src/config/config.ts';
import { ListenerTls } from '../../src/listener/listener-tls.ts';
import { createLog } from '../../src/logging/log.ts';
import { startAgentServer, type AgentServer } from '../support/agent-server.ts';
import { callOver, callTls, connectTls, openSocket, type Call } from '../support/tls-client.ts';
import { TrialPki, validNow } from '../support/trial-pki.ts';

const device = 'gateway-1';
const poll: Call = { method: 'GET', path: `/devices/${device}/rendered` };

let pki: TrialPki;
let closing: (() => Promise<unknown>)[];

beforeEach(async () => {
  pki = await TrialPki.make();
  closing = [() => pki.remove()];
});

afterEach(async () => {
  for (const close of closing.toReversed()) await close();
});

async function startTls(env: Record<string, string> = {}): Promise<AgentServer & { readonly secure: string }> {
  const agent = await startAgentServer({
    env: { ...pki.env, MUSTER_POLL_TIMEOUT: '10ms', ...env },
    overrides: { clock: systemClock },
    pingEveryMs: 50,
  });
  closing.push(() => agent.close());
  await agent.fleet.create(device);
  return { ...agent, secure: agent.url.replace('http:', 'https:') };
}

async function handshake(server: string, options: object = {}): Promise<TLSSocket> {
  const { port } = new URL(server);
  return await new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: Number(port), ca: pki.ca, ...options });
    socket.once('error', reject);
    socket.once('secureConnect', () => resolve(socket));
  });
}

/** The certificate that the server shows to new connections. */
async function shown(server: string): Promise<string> {
  const socket = await handshake(server);
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

describe('a renewed certificate', () => {
  test('is shown to new connections, and those that are open stay', async () => {
    const agent = await startTls();
    const identity = await pki.device(device);
    const socket = await openSocket(agent.secure, pki.ca, device, { identity });
    if (!(socket instanceof WebSocket)) throw new Error('the WebSocket was refused');
    const client = connectTls(agent.secure, pki.ca, { identity });
    let connections = 0;
    client.on('connect', () => (connections += 1));
    closing.push(() => client.close());
    expect(await callOver(client, poll)).toMatchObject({ code: 204 });

    const before = await shown(agent.secure);
    await pki.renewServer();
    await agent.context.credentialFiles.reload();
    const after = await shown(agent.secure);

    expect(after).not.toBe(before);
    expect(await callOver(client, poll)).toMatchObject({ code: 204 });
    expect(connections).toBe(1);
    const answer = new Promise<string>((resolve) => {
      socket.once('message', (data: Buffer) => resolve(data.toString()));
    });
    socket.send(JSON.stringify({ type: 'report', id: 1, renderedVersion: '0' }));
    expect(JSON.parse(await answer)).toMatchObject({ type: 'verdict', id: 1, gate: 'Open' });
    socket.terminate();
  });

  test('is found without being told', async () => {
    const agent = await startTls();
    const before = await shown(agent.secure);
    await pki.renewServer();
    while ((await shown(agent.secure)) === before) await sleep(100);
  });

  test.each<[string, () => Promise<void>]>([
    [
      'is broken',
      () => writeFile(pki.path('server.crt'), '-----BEGIN CERTIFICATE-----\nbm9uc2Vuc2U=\n-----END CERTIFICATE-----\n'),
    ],
    [
      'is half written',
      async () => writeFile(pki.path('server.crt'), (await readFile(pki.path('server.crt'))).subarray(0, 99)),
    ],
    ['has a key that is not its own', async () => writeFile(pki.path('server.key'), (await pki.device(device)).key)],
    ['is gone', () => writeFile(pki.path('server.key'), '')],
  ])('that %s leaves the old one in force', async (_what, spoil) => {
    const agent = await startTls();
    const before = await shown(agent.secure);
    await spoil();
    await agent.context.credentialFiles.reload();
    expect(await shown(agent.secure)).toBe(before);
    await pki.renewServer();
    await agent.context.credentialFiles.reload();
    expect(await shown(agent.secure)).not.toBe(before);
  });
});

describe('when the authority of devices changes', () => {
  test('devices of the new one are heard, and those of the old one no more, on open connections too', async () => {
    const agent = await startTls();
    const next = await TrialAuthority.create('next authority', validNow);
    const [old, renewed] = [await pki.device(device), await next.issueDevice(device, validNow)];
    const client = connectTls(agent.secure, pki.ca, { identity: old });
    closing.push(() => client.close());
    const socket = await openSocket(agent.secure, pki.ca, device, { identity: old });
    if (!(socket instanceof WebSocket)) throw new Error('the WebSocket was refused');
    const closed = new Promise<[number, string]>((resolve) => {
      socket.once('close', (code, reason) => resolve([code, reason.toString()]));
    });
    expect(await callOver(client, poll)).toMatchObject({ code: 204 });
    expect(await callTls(agent.secure, pki.ca, { identity: renewed }, poll)).toMatchObject({ code: 401 });

    await writeFile(pki.path('ca.crt'), `${pki.ca}${next.identity.certificate}`);
    await agent.context.credentialFiles.reload();
    expect(await callOver(client, poll)).toMatchObject({ code: 204 });
    expect(await callTls(agent.secure, pki.ca, { identity: renewed }, poll)).toMatchObject({ code: 204 });
    expect(socket.readyState).toBe(WebSocket.OPEN);

    await writeFile(pki.path('ca.crt'), next.identity.certificate);
    await agent.context.credentialFiles.reload();
    expect(await callOver(client, poll)).toMatchObject({ code: 401 });
    expect(await callTls(agent.secure, pki.ca, { identity: renewed }, poll)).toMatchObject({ code: 204 });
    expect(await closed).toEqual([1008, 'the credential of the device is no longer valid']);
  });
});

describe('a handshake', () => {
  test('of TLS 1.1 fails, of 1.2 and 1.3 succeeds', async () => {
    const agent = await startTls();
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
    await expect(handshake(agent.secure, old)).rejects.toThrow(/protocol version/);
    for (const version of ['TLSv1.2', 'TLSv1.3']) {
      const socket = await handshake(agent.secure, { minVersion: version, maxVersion: version });
      expect(socket.getProtocol()).toBe(version);
      socket.destroy();
    }
  });

  test.each(['TLSv1.2', 'TLSv1.3'])('over %s never takes up an earlier session, whoever that was', async (version) => {
    const agent = await startTls();
    const { certificate: cert, key } = await pki.device(device);
    const first = await handshake(agent.secure, { cert, key, maxVersion: version });
    const ticket = new Promise<Buffer>((resolve) => {
      first.once('session', resolve);
    });
    first.write(`GET /api/v1/devices/${device}/rendered HTTP/1.1\r\nHost: a\r\n\r\n`);
    await new Promise((resolve) => {
      first.once('data', resolve);
    });
    const session = version === 'TLSv1.2' ? first.getSession() : await ticket;
    first.destroy();
    const second = await handshake(agent.secure, { session, maxVersion: version });
    expect(second.isSessionReused()).toBe(false);
    const answer = new Promise<string>((resolve) => {
      second.once('data', (data: Buffer) => resolve(data.toString()));
    });
    second.write(`GET /api/v1/devices/${device}/rendered HTTP/1.1\r\nHost: a\r\n\r\n`);
    expect(await answer).toMatch(/^HTTP\/1.1 401 /);
    second.destroy();
  });
});

describe('at start', () => {
  const log = createLog('silent');

  async function openAll(changed: Record<string, string>): Promise<void> {
    const files = new CredentialFiles(log);
    const path = (name: string) => changed[name] ?? pki.path(name);
    try {
      const config = readConfig({
        ...pki.env,
        MUSTER_AGENT_CLIENT_CA: path('ca.crt'),
        MUSTER_DEVICE_TOKEN_KEYS: path('device-token.pub'),
      });
      await DeviceAuthenticator.open(config, systemClock, files);
      await ListenerTls.open(
        {
          cert: { setting: 'MUSTER_AGENT_TLS_CERT', path: path('server.crt') },
          key: { setting: 'MUSTER_AGENT_TLS_KEY', path: path('server.key') },
        },
        files,
      );
    } finally {
      files.close();
    }
  }

  async function fileWith(text: string): Promise<string> {
    const path = pki.path(`other-${Math.random().toString(36).slice(2)}.pem`);
    await writeFile(path, text);
    return path;
  }

  test('files that are as they should be are no error', async () => {
    await expect(openAll({})).resolves.toBeUndefined();
  });

  test.each<[string, RegExp, () => Promise<Record<string, string>>]>([
    [
      'the certificate is not there',
      /^MUSTER_AGENT_TLS_CERT: cannot read .*: there is no such file$/,
      async () => ({ 'server.crt': pki.path('none') }),
    ],
    [
      'the key is a directory',
      /^MUSTER_AGENT_TLS_KEY: cannot read .*: it is a directory$/,
      async () => ({ 'server.key': pki.directory }),
    ],
    [
      'the certificate is none',
      /^MUSTER_AGENT_TLS_CERT: expected a certificate in PEM form/,
      async () => ({ 'server.crt': await fileWith('hello') }),
    ],
    [
      'the key is none',
      /^MUSTER_AGENT_TLS_KEY: expected a private key .* in PEM form/,
      async () => ({ 'server.key': pki.path('ca.crt') }),
    ],
    [
      'the key is another’s',
      /^MUSTER_AGENT_TLS_KEY: the key in .* is not that of the certificate in/,
      async () => ({ 'server.key': await fileWith((await pki.device(device)).key) }),
    ],
    [
      'the authorities are not there',
      /^MUSTER_AGENT_CLIENT_CA: cannot read/,
      async () => ({ 'ca.crt': pki.path('none') }),
    ],
    [
      'no authority is among them',
      /^MUSTER_AGENT_CLIENT_CA: expected at least one certificate/,
      async () => ({ 'ca.crt': await fileWith('') }),
    ],
    [
      'a certificate among them is no authority’s',
      /^MUSTER_AGENT_CLIENT_CA: expected certificates of authorities in .*, found that of CN=gateway-1$/,
      async () => ({ 'ca.crt': await fileWith((await pki.device(device)).certificate) }),
    ],
    [
      'the token keys are secret ones',
      /^MUSTER_DEVICE_TOKEN_KEYS: .* holds a private key/,
      async () => ({ 'device-token.pub': await fileWith(newTokenKeys().privateKey) }),
    ],
    [
      'there is no token key',
      /^MUSTER_DEVICE_TOKEN_KEYS: expected at least one public key/,
      async () => ({ 'device-token.pub': pki.path('ca.crt') }),
    ],
  ])('it is one if %s', async (_what, message, change) => {
    await expect(openAll(await change())).rejects.toThrow(message);
  });
});
