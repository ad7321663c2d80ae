import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { DeviceKey } from '../support/device-key.ts';
import { enrollmentRequest } from '../support/enrollment.ts';
import { TrialPki } from '../support/trial-pki.ts';
import { startServer, type MusterServer } from './muster-server.ts';

// Every command is a process of its own, which takes its time to start.
vi.setConfig({ testTimeout: 120_000 });

let pki: TrialPki;
let server: MusterServer;
let without: MusterServer;

beforeAll(async () => {
  pki = await TrialPki.make();
  await writeFile(pki.path('authorities.crt'), pki.ca);
  [server, without] = await Promise.all([startServer(pki.deviceCa), startServer()]);
});

afterAll(async () => {
  await Promise.all([server.stop(), without.stop()]);
  await pki.remove();
});

async function ask({ api }: MusterServer, key: DeviceKey, said: object = {}): Promise<void> {
  await send(api, '/enrollmentrequests', enrollmentRequest(key.name, { csr: await key.request(), ...said }));
}

async function send(api: string, path: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${api}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(answer.status).toBe(201);
}

test('approve lets a device in under the labels that are given, and get shows that it has its certificate', async () => {
  const device = await DeviceKey.make();
  await ask(server, device, { labels: { site: 'north', alias: 'first' } });
  expect((await server.muster(['get', 'er', device.name])).stdout).toContain('Pending');
  const approved = await server.muster(['approve', `er/${device.name}`, '-l', 'site=south,room=2']);
  expect(approved).toEqual({ code: 0, stdout: `enrollmentrequest/${device.name} approved\n`, stderr: '' });
  expect(await server.get(`/devices/${device.name}`)).toMatchObject({
    metadata: { labels: { site: 'south', room: '2', alias: 'first' } },
  });
  const { stdout } = await server.muster(['get', 'enrollmentrequests', device.name]);
  expect(stdout).toMatch(/NAME +APPROVAL +APPROVER +CERTIFICATE +AGE/);
  expect(stdout).toMatch(/Approved +user:anonymous +Issued/);
  const wide = await server.muster(['get', 'devices', device.name, '-o', 'wide']);
  expect(wide.stdout).toContain('CERTIFICATE EXPIRES');
  expect(wide.stdout).toMatch(/ in \d+h/);
});

test('approve with --replace-labels leaves out what the device suggests', async () => {
  const device = await DeviceKey.make();
  await ask(server, device, { labels: { site: 'north' } });
  await server.muster(['approve', 'enrollmentrequest', device.name, '-l', 'room=2', '--replace-labels']);
  expect(await server.get(`/devices/${device.name}`)).toMatchObject({ metadata: { labels: { room: '2' } } });
});

test('approve goes on after a request that cannot be approved, says why, and exits 3', async () => {
  const device = await DeviceKey.make();
  await ask(server, device);
  const ended = await server.muster(['approve', 'er', 'nobody', device.name]);
  expect(ended.code).toBe(3);
  expect(ended.stdout).toBe(`enrollmentrequest/${device.name} approved\n`);
  expect(ended.stderr).toContain('error: enrollmentrequest/nobody: there is no enrollment request nobody');
});

test('deny keeps a device out', async () => {
  const device = await DeviceKey.make();
  await ask(server, device);
  const denied = await server.muster(['deny', 'er', device.name]);
  expect(denied.stdout).toBe(`enrollmentrequest/${device.name} denied\n`);
  expect((await server.muster(['get', 'er', device.name])).stdout).toContain('Denied');
});

test('certificate signing requests are shown with what became of them, and answered once', async () => {
  const name = 'client-enrollment-1';
  const request = Buffer.from(await (await DeviceKey.make()).request(`CN=${name}`)).toString('base64');
  const spec = { request, signerName: 'flightctl.io/enrollment', expirationSeconds: 7 * 86_400 };
  await send(server.api, '/certificatesigningrequests', {
    apiVersion: 'flightctl.io/v1beta1',
    kind: 'CertificateSigningRequest',
    metadata: { name },
    spec,
  });
  const { stdout } = await server.muster(['get', 'csr']);
  expect(stdout).toMatch(/NAME +AGE +SIGNER +REQUESTOR +DURATION +CONDITION/);
  expect(stdout).toMatch(/client-enrollment-1 +\d+s +flightctl.io\/enrollment +user:anonymous +7d +Approved,Issued/);
  const again = await server.muster(['deny', 'csr', name]);
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('was approved') });
});

test('labels are for enrollment requests, and have to be labels', async () => {
  const misused = await server.muster(['approve', 'csr', 'x', '-l', 'a=b']);
  expect(misused).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('labels are for enrollment requests only'),
  });
  const wrong = await server.muster(['approve', 'er', 'x', '-l', 'a b']);
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('Expected key=value') });
});

test('without a device CA an approval says that no certificate comes of it', async () => {
  const device = await DeviceKey.make();
  await ask(without, device);
  const approved = await without.muster(['approve', 'er', device.name]);
  expect(approved).toMatchObject({ code: 0, stdout: `enrollmentrequest/${device.name} approved\n` });
  expect(approved.stderr).toContain('warning: No certificate was issued, because no device CA is configured');
  expect((await without.muster(['get', 'er', device.name])).stdout).toMatch(/Approved +user:anonymous +<none>/);
});
