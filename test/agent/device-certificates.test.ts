import { X509Certificate } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signers } from '../../src/domain/certificates/signers.ts';
import { enrollmentRequestSchema } from '../../src/domain/resources/enrollment-request.ts';
import { declareRestore } from '../../src/usecases/declare-restore.ts';
import { DeviceCaService } from '../support/device-ca-service.ts';
import { DeviceKey } from '../support/device-key.ts';
import { documentOf, refusalOf } from '../support/documents.ts';
import { enrollmentRequest, eventsNamed } from '../support/enrollment.ts';

let here: DeviceCaService;

beforeAll(async () => {
  here = await DeviceCaService.start();
});

afterAll(async () => {
  await here.close();
});

describe('a device that asks to join where there is a device CA', () => {
  test('gets its certificate in the approval, and is let in with it', async () => {
    const device = await DeviceKey.make();
    expect((await here.enroll(device)).code).toBe(201);
    expect(documentOf(await here.look(device.name), 200, enrollmentRequestSchema).status).toEqual({ conditions: [] });
    const approval = await here.approve(device.name);
    expect(approval.code).toBe(200);
    expect(approval.headers['warning']).toBeUndefined();
    const identity = await here.certificateOf(device);
    expect((await here.poll(identity, device.name)).code).toBe(204);
    const { validTo } = new X509Certificate(identity.certificate);
    expect(await here.expiryOf(device.name)).toEqual(new Date(validTo));
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
    expect(refusalOf(await here.enroll(device, { csr: await csr(device) }), 400)).toMatch(says);
    expect((await here.look(device.name)).code).toBe(404);
  });

  test('is not approved with a CSR that became wrong: nothing is stored', async () => {
    const device = await DeviceKey.make();
    await here.enroll(device);
    const path = `/enrollmentrequests/${device.name}`;
    await here.admin('PATCH', path, [{ op: 'replace', path: '/spec/csr', value: 'PEM' }]);
    expect(refusalOf(await here.approve(device.name), 400)).toMatch(/expected one PKCS#10 request/);
    expect(documentOf(await here.look(device.name), 200, enrollmentRequestSchema).status?.approval).toBeUndefined();
    expect((await here.admin('GET', `/devices/${device.name}`)).code).toBe(404);
  });

  test('is approved once, and its request stays while it is here', async () => {
    const device = await here.enrolled();
    expect(refusalOf(await here.approve(device.name), 400)).toContain('was approved by');
    refusalOf(await here.admin('DELETE', `/enrollmentrequests/${device.name}`), 409);
  });
});

describe('a device that was let in before and asks again', () => {
  const storeCertificate = (name: string, certificate: string | null) =>
    here.context.database.pool.execute(
      sql`UPDATE enrollment_requests SET certificate = ${certificate} WHERE name = ${name}`,
    );

  test('is told 409 and finds the certificate that it got, which is still good', async () => {
    const device = await here.enrolled();
    const before = await here.certificateOf(device);
    expect((await here.enroll(device)).code).toBe(409);
    expect(await here.certificateOf(device)).toEqual(before);
  });

  test.each([{ stored: 'none' }, { stored: 'an expired one' }])(
    'finds a new certificate where there is $stored, and the event says so',
    async ({ stored }) => {
      const device = await here.enrolled();
      const expired = { notBefore: new Date(Date.now() - 3 * 86_400_000), notAfter: new Date(Date.now() - 1_000) };
      const stale = await here.pki.authority.issueDevice(device.name, expired);
      await storeCertificate(device.name, stored === 'none' ? null : stale.certificate);
      expect((await here.enroll(device)).code).toBe(409);
      const identity = await here.certificateOf(device);
      expect((await here.poll(identity, device.name)).code).toBe(204);
      expect(await eventsNamed(here.context, device.name)).toContainEqual(
        expect.objectContaining({
          kind: 'Device',
          reason: 'DeviceCertificateIssued',
          actor: 'device:client-enrollment-7',
        }),
      );
    },
  );

  test('gets none any more once it is decommissioned', async () => {
    const device = await here.enrolled();
    await storeCertificate(device.name, null);
    await here.admin('PUT', `/devices/${device.name}/decommission`, { target: 'Unenroll' });
    expect((await here.enroll(device)).code).toBe(409);
    expect((await here.certificateOf(device)).certificate).toBe('');
  });

  test('and is here without a request is let back in as it was, if its key gives it its name', async () => {
    const device = await DeviceKey.make();
    const spec = { os: { image: 'quay.io/acme/os:1' } };
    await here.fleet.create(device.name, { labels: { site: 'north' }, spec });
    expect((await here.enroll(device, { labels: { site: 'its own' } })).code).toBe(201);
    expect(refusalOf(await here.approve(device.name, { labels: { site: 'south' } }), 400)).toContain(
      'keeps its labels',
    );
    expect((await here.approve(device.name, { replaceLabels: true })).code).toBe(200);
    expect((await here.admin('GET', `/devices/${device.name}`)).body).toMatchObject({
      metadata: { labels: { site: 'north' } },
      spec,
      status: { lifecycle: { status: 'Enrolled' } },
    });
    expect((await here.poll(await here.certificateOf(device), device.name)).code).toBeLessThan(300);
  });

  test('is not let back in with a version that a device which is here cannot have got: that could pass for another', async () => {
    const device = await DeviceKey.make();
    await here.fleet.create(device.name, { spec: { os: { image: 'quay.io/acme/os:2' } } });
    await here.fleet.render();
    await here.enroll(device, { knownRenderedVersion: '1' });
    expect(refusalOf(await here.approve(device.name), 400)).toContain('runs version 1: delete the device, approve');
    await here.admin('DELETE', `/devices/${device.name}`);
    expect((await here.approve(device.name)).code).toBe(200);
    const answer = await here.poll(await here.certificateOf(device), device.name, 1);
    expect(answer.headers).toMatchObject({ 'muster-verdict': 'Ahead', 'muster-gate': 'ConflictPaused' });
  });

  test('is not given a device that is here under a name which does not come of its key', async () => {
    const device = await DeviceKey.make();
    const name = `gateway-of-${device.name.slice(0, 8)}`;
    await here.fleet.create(name);
    const body = enrollmentRequest(name, { csr: await device.request(`CN=${name}`) });
    expect((await here.ask(here.enrolling, 'POST', '/enrollmentrequests', body)).code).toBe(201);
    expect(refusalOf(await here.approve(name), 400)).toContain('nothing proves that the request comes from it');
  });
});

test('after a restore that it asked before, an approved device gets a certificate and answers first', async () => {
  const device = await DeviceKey.make();
  await here.enroll(device, { knownRenderedVersion: '7' });
  await declareRestore(here.context, { by: { actor: 'user:test' } });
  await here.approve(device.name);
  const answer = await here.poll(await here.certificateOf(device), device.name, 7);
  expect(answer.headers).toMatchObject({ 'muster-gate': 'ConflictPaused' });
});

describe('a certificate of Flight Control', () => {
  const name = 'gateway-1';
  beforeAll(async () => {
    await here.fleet.create(name);
  });

  test.each([
    ['device-enrollment and device:NAME', signers.management, `device:${name}`, `device:${name}`],
    ['device-enrollment and NAME', signers.management, name, undefined],
    ['device-management-renewal', signers.renewal, `device:${name}`, name],
  ])('of the signer %s speaks for its device', async (_what, signer, commonName, device) => {
    expect((await here.poll(await here.signedBy(signer, commonName, device), name)).code).toBeLessThan(300);
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
    expect(refusalOf(await here.poll(await here.signedBy(signer, commonName, device), name), 401)).toMatch(says);
  });

  test('for enrolling does not speak for a device, also where it bears the name of one', async () => {
    const identity = await here.signedBy(signers.enrollment, `device:${name}`);
    expect(refusalOf(await here.poll(identity, name), 403)).toContain('is for enrolling');
    expect((await here.ask(identity, 'GET', '/enrollmentrequests/nobody-yet')).code).toBe(404);
  });
});
