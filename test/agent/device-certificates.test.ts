import { X509Certificate } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { flightctlExtensions } from '../../src/auth/device-certificate-authority.ts';
import type { PemIdentity } from '../../src/cli/pki/trial-authority.ts';
import { systemClock } from '../../src/clock.ts';
import { signers } from '../../src/domain/certificates/signers.ts';
import { enrollmentRequestSchema } from '../../src/domain/resources/enrollment-request.ts';
import { declareRestore } from '../../src/usecases/declare-restore.ts';
import { DeviceKey } from '../support/device-key.ts';
import { documentOf, refusalOf } from '../support/documents.ts';
import { enrollmentRequest, eventsNamed } from '../support/enrollment.ts';
import { startListeners, type Listeners } from '../support/listeners.ts';
import { callTls, type Call, type TlsAnswer } from '../support/tls-client.ts';
import { TrialPki, validNow } from '../support/trial-pki.ts';

let pki: TrialPki;
let here: Listeners;
/** A certificate with which devices that have no name yet may ask to join. */
let enrolling: PemIdentity;

beforeAll(async () => {
  pki = await TrialPki.make();
  enrolling = await signedBy(signers.enrollment, 'client-enrollment-7');
  const env = { ...pki.agentTls, ...pki.deviceCa, MUSTER_POLL_TIMEOUT: '10ms' };
  here = await startListeners(env, { clock: systemClock });
});

afterAll(async () => {
  await here.close();
  await pki.remove();
});

/** A certificate that says which of Flight Control's signers made it. */
async function signedBy(signer: string, commonName: string, device?: string): Promise<PemIdentity> {
  const extensions = flightctlExtensions(signer, device);
  return await pki.authority.issue({
    subject: [{ CN: [commonName] }],
    usage: 'client',
    validity: validNow,
    extensions,
  });
}

async function ask(identity: PemIdentity | undefined, call: Call): Promise<TlsAnswer> {
  return await callTls(here.agent.replace('http:', 'https:'), pki.ca, { identity }, call);
}

const admin = (method: Call['method'], path: string, body?: unknown) =>
  callTls(here.api, pki.ca, {}, { method, path, body });
const approve = (name: string, said: object = {}) =>
  admin('PUT', `/enrollmentrequests/${name}/approval`, { approved: true, ...said });
const enroll = async (device: DeviceKey, said: object = {}) =>
  await ask(enrolling, {
    method: 'POST',
    path: '/enrollmentrequests',
    body: enrollmentRequest(device.name, { csr: await device.request(), ...said }),
  });
const look = (name: string) => ask(enrolling, { method: 'GET', path: `/enrollmentrequests/${name}` });
const poll = (identity: PemIdentity, name: string) =>
  ask(identity, { method: 'GET', path: `/devices/${name}/rendered?knownRenderedVersion=0` });

async function certificateOf(device: DeviceKey): Promise<PemIdentity> {
  const { status } = documentOf(await look(device.name), 200, enrollmentRequestSchema);
  return { certificate: status?.certificate ?? '', key: device.key };
}

async function expiryOf(name: string): Promise<Date | null> {
  const [row] = await here.context.database.pool.execute<{ at: string | null }>(
    sql`SELECT certificate_expires_at AS at FROM devices WHERE name = ${name}`,
  );
  return row?.at ? new Date(row.at) : null;
}

describe('a device that asks to join where there is a device CA', () => {
  test('gets its certificate in the approval, and is let in with it', async () => {
    const device = await DeviceKey.make();
    expect((await enroll(device)).code).toBe(201);
    expect(documentOf(await look(device.name), 200, enrollmentRequestSchema).status).toEqual({ conditions: [] });
    const approval = await approve(device.name);
    expect(approval.code).toBe(200);
    expect(approval.headers['warning']).toBeUndefined();
    const identity = await certificateOf(device);
    expect((await poll(identity, device.name)).code).toBe(204);
    const { validTo } = new X509Certificate(identity.certificate);
    expect(await expiryOf(device.name)).toEqual(new Date(validTo));
    const [, approved] = (await eventsNamed(here.context, device.name)).filter(({ kind }) => kind !== 'Device');
    expect(approved).toMatchObject({
      reason: 'EnrollmentRequestApproved',
      message: expect.stringContaining(`Its certificate is valid until ${new Date(validTo).toISOString()}.`),
    });
  });

  test.each([
    [
      'of another name',
      async (device: DeviceKey) => await device.request('CN=somebody-else'),
      /expected the common name/,
    ],
    ['that is none', async () => 'PEM', /expected one PKCS#10 request/],
  ])('is told 400 at once for a CSR %s', async (_what, csr, says) => {
    const device = await DeviceKey.make();
    expect(refusalOf(await enroll(device, { csr: await csr(device) }), 400)).toMatch(says);
    expect((await look(device.name)).code).toBe(404);
  });

  test('is not approved with a CSR that became wrong: nothing is stored', async () => {
    const device = await DeviceKey.make();
    await enroll(device);
    await admin('PATCH', `/enrollmentrequests/${device.name}`, [{ op: 'replace', path: '/spec/csr', value: 'PEM' }]);
    expect(refusalOf(await approve(device.name), 400)).toMatch(/expected one PKCS#10 request/);
    expect(documentOf(await look(device.name), 200, enrollmentRequestSchema).status?.approval).toBeUndefined();
    expect((await admin('GET', `/devices/${device.name}`)).code).toBe(404);
  });

  test('is approved once, and its request stays while it is here', async () => {
    const device = await DeviceKey.make();
    await enroll(device);
    await approve(device.name);
    expect(refusalOf(await approve(device.name), 400)).toContain('was approved by');
    refusalOf(await admin('DELETE', `/enrollmentrequests/${device.name}`), 409);
  });
});

describe('a device that was let in before and asks again', () => {
  async function enrolled(): Promise<DeviceKey> {
    const device = await DeviceKey.make();
    await enroll(device);
    await approve(device.name);
    return device;
  }
  const forgetCertificate = (name: string, certificate: string | null) =>
    here.context.database.pool.execute(
      sql`UPDATE enrollment_requests SET certificate = ${certificate} WHERE name = ${name}`,
    );

  test('is told 409 and finds the certificate that it got, which is still good', async () => {
    const device = await enrolled();
    const before = await certificateOf(device);
    expect((await enroll(device)).code).toBe(409);
    expect(await certificateOf(device)).toEqual(before);
  });

  test.each(['lacks', 'expired'])('finds a new one where that %s, and the event says so', async (what) => {
    const device = await enrolled();
    const notBefore = new Date(Date.now() - 3 * 86_400_000);
    const stale = await pki.authority.issueDevice(device.name, { notBefore, notAfter: new Date(Date.now() - 1_000) });
    await forgetCertificate(device.name, what === 'lacks' ? null : stale.certificate);
    expect((await enroll(device)).code).toBe(409);
    const identity = await certificateOf(device);
    expect((await poll(identity, device.name)).code).toBe(204);
    expect(await eventsNamed(here.context, device.name)).toContainEqual(
      expect.objectContaining({
        kind: 'Device',
        reason: 'DeviceCertificateIssued',
        actor: 'device:client-enrollment-7',
      }),
    );
  });

  test('gets none any more once it is decommissioned', async () => {
    const device = await enrolled();
    await forgetCertificate(device.name, null);
    await admin('PUT', `/devices/${device.name}/decommission`, { target: 'Unenroll' });
    expect((await enroll(device)).code).toBe(409);
    expect((await certificateOf(device)).certificate).toBe('');
  });

  test('and is here without a request is let back in as it was, if its key gives it its name', async () => {
    const device = await DeviceKey.make();
    await here.fleet.create(device.name, { labels: { site: 'north' }, spec: { os: { image: 'quay.io/acme/os:1' } } });
    expect((await enroll(device, { labels: { site: 'its own' } })).code).toBe(201);
    expect(refusalOf(await approve(device.name, { labels: { site: 'south' } }), 400)).toContain('keeps its labels');
    expect((await approve(device.name, { replaceLabels: true })).code).toBe(200);
    const after = (await admin('GET', `/devices/${device.name}`)).body;
    expect(after).toMatchObject({
      metadata: { labels: { site: 'north' } },
      spec: { os: { image: 'quay.io/acme/os:1' } },
      status: { lifecycle: { status: 'Enrolled' } },
    });
    expect((await poll(await certificateOf(device), device.name)).code).toBeLessThan(300);
  });

  test('is not given a device that is here under a name which does not come of its key', async () => {
    const device = await DeviceKey.make();
    const name = `gateway-of-${device.name.slice(0, 8)}`;
    await here.fleet.create(name);
    const body = enrollmentRequest(name, { csr: await device.request(`CN=${name}`) });
    expect((await ask(enrolling, { method: 'POST', path: '/enrollmentrequests', body })).code).toBe(201);
    expect(refusalOf(await approve(name), 400)).toContain('nothing proves that the request comes from it');
  });
});

test('after a restore that it asked before, an approved device gets a certificate and answers first', async () => {
  const device = await DeviceKey.make();
  await enroll(device, { knownRenderedVersion: '7' });
  await declareRestore(here.context, { declaredBy: 'user:test' });
  await approve(device.name);
  const answer = await ask(await certificateOf(device), {
    method: 'GET',
    path: `/devices/${device.name}/rendered?knownRenderedVersion=7`,
  });
  expect(answer.headers).toMatchObject({ 'muster-gate': 'ConflictPaused' });
});

describe('a certificate of Flight Control', () => {
  const name = 'gateway-1';
  const path = `/devices/${name}/rendered?knownRenderedVersion=0`;
  beforeAll(async () => {
    await here.fleet.create(name);
  });

  test.each([
    ['device-enrollment and device:NAME', signers.management, `device:${name}`, `device:${name}`],
    ['device-enrollment and NAME', signers.management, name, undefined],
    ['device-management-renewal', signers.renewal, `device:${name}`, name],
  ])('of the signer %s speaks for its device', async (_what, signer, commonName, device) => {
    expect((await ask(await signedBy(signer, commonName, device), { method: 'GET', path })).code).toBeLessThan(300);
  });

  test.each([
    ['for another service', signers.service, `svc-${name}`, name, /not meant for this service/],
    ['of a signer that nobody knows', 'flightctl.io/server-svc', name, undefined, /not meant for this service/],
    [
      'that names another device beside its own',
      signers.management,
      name,
      'device:gateway-2',
      /same device everywhere/,
    ],
    [
      'of a device under a name for enrolling',
      signers.management,
      'client-enrollment-1',
      undefined,
      /same device everywhere/,
    ],
  ])('%s is refused with 401', async (_what, signer, commonName, device, says) => {
    const answer = await ask(await signedBy(signer, commonName, device), { method: 'GET', path });
    expect(refusalOf(answer, 401)).toMatch(says);
  });

  test('for enrolling does not speak for a device, also where it bears the name of one', async () => {
    const identity = await signedBy(signers.enrollment, `device:${name}`);
    expect(refusalOf(await ask(identity, { method: 'GET', path }), 403)).toContain('is for enrolling');
    expect((await ask(identity, { method: 'GET', path: '/enrollmentrequests/nobody-yet' })).code).toBe(404);
  });
});
