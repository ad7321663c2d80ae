import { X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashOfToken, createStaticToken } from '../../src/auth/static-tokens.ts';
import {
  certificateSigningRequestListSchema,
  certificateSigningRequestSchema,
} from '../../src/domain/resources/certificate-signing-request.ts';
import { enrollmentConfigSchema } from '../../src/domain/resources/enrollment-config.ts';
import { DeviceCaService } from '../support/device-ca-service.ts';
import { DeviceKey } from '../support/device-key.ts';
import { documentOf, refusalOf } from '../support/documents.ts';
import { eventsNamed } from '../support/enrollment.ts';
import { startListeners, type Listeners } from '../support/listeners.ts';
import { bearer, callTls, type Call } from '../support/tls-client.ts';
import { TrialPki } from '../support/trial-pki.ts';

const path = '/certificatesigningrequests';
const agentUrl = 'https://muster.example.com:7443';
let pki: TrialPki;
let here: DeviceCaService;
let without: Listeners;
let number = 0;
const tokens = { admin: createStaticToken(), viewer: createStaticToken() };

beforeAll(async () => {
  pki = await TrialPki.make();
  await writeFile(pki.path('authorities.crt'), pki.ca);
  await writeFile(
    pki.path('tokens.json'),
    JSON.stringify(
      Object.entries(tokens).map(([role, token]) => ({ name: role, role, sha256: hashOfToken(token).toString('hex') })),
    ),
    { mode: 0o600 },
  );
  here = await DeviceCaService.start({
    MUSTER_AGENT_URL: agentUrl,
    MUSTER_AGENT_SERVER_CA: pki.path('authorities.crt'),
    MUSTER_TOKENS_FILE: pki.path('tokens.json'),
  });
  without = await startListeners();
});

afterAll(async () => {
  await without.close();
  await here.close();
  await pki.remove();
});

const as = (token: string) => (method: Call['method'], where: string, body?: unknown) =>
  callTls(here.listeners.api, '', bearer(token), { method, path: where, body });
const admin = as(tokens.admin);

/** The request that `flightctl certificate request` sends. */
async function wish({
  key,
  name = `client-enrollment-${(number += 1)}`,
  subject = `CN=${name}`,
  spec = {},
}: { key?: DeviceKey; name?: string; subject?: string; spec?: object } = {}) {
  const device = key ?? (await DeviceKey.make());
  return {
    apiVersion: 'v1beta1',
    kind: 'CertificateSigningRequest',
    metadata: { name },
    spec: {
      request: Buffer.from(await device.request(subject)).toString('base64'),
      signerName: 'flightctl.io/enrollment',
      expirationSeconds: 86_400,
      usages: ['clientAuth', 'CA:false'],
      ...spec,
    },
  };
}

/** Document that the command line sends to approve and to deny: the request as it found it, with a condition. */
const answered = (found: unknown, type: string) => ({
  ...(found as object),
  status: {
    conditions: [{ type, status: 'True', reason: type, message: type, lastTransitionTime: '2026-01-01T00:00:00Z' }],
  },
});

describe('a request for an enrollment certificate', () => {
  test('is approved at once for those who may decide, and devices may ask to join with the certificate', async () => {
    const key = await DeviceKey.make();
    const body = await wish({ key });
    const made = documentOf(await admin('POST', path, body), 201, certificateSigningRequestSchema);
    expect(made).toMatchObject({
      spec: { username: 'token:admin' },
      status: { conditions: [{ type: 'Approved', status: 'True' }] },
    });
    const certificate = new X509Certificate(Buffer.from(made.status?.certificate ?? '', 'base64'));
    expect(certificate.subject).toBe(`CN=${body.metadata.name}`);
    const identity = { certificate: certificate.toString(), key: key.key };
    expect((await here.ask(identity, 'GET', '/enrollmentrequests/nobody')).code).toBe(404);
    refusalOf(await here.poll(identity, 'nobody'), 403);
    expect(await eventsNamed(here.context, body.metadata.name)).toMatchObject([
      { kind: 'CertificateSigningRequest', reason: 'ResourceCreated' },
      { kind: 'CertificateSigningRequest', reason: 'CertificateSigningRequestApproved', actor: 'token:admin' },
    ]);
  });

  test('gets a common name for enrolling whatever its own name is', async () => {
    const body = await wish({ name: 'depot-7' });
    const made = documentOf(await admin('POST', path, body), 201, certificateSigningRequestSchema);
    const certificate = new X509Certificate(Buffer.from(made.status?.certificate ?? '', 'base64'));
    expect(certificate.subject).toBe('CN=client-enrollment-depot-7');
  });

  test.each([
    ['another name than its CSR', { subject: 'CN=client-enrollment-other' }, /which is the request's name/],
    [
      'the signer of renewals',
      { spec: { signerName: 'flightctl.io/device-management-renewal' } },
      /renews its certificate itself/,
    ],
    [
      'the signer of devices',
      { spec: { signerName: 'flightctl.io/device-enrollment' } },
      /when its enrollment request is approved/,
    ],
    ['a signer that nobody knows', { spec: { signerName: 'ca' } }, /expected flightctl.io\/enrollment, found "ca"/],
    ['a validity of a second', { spec: { expirationSeconds: 1 } }, /expirationSeconds/],
    ['no base64', { spec: { request: '-----BEGIN' } }, /expected base64/],
  ])('with %s is refused with 400', async (_what, said, says) => {
    expect(refusalOf(await admin('POST', path, await wish(said)), 400)).toMatch(says);
  });

  test('is refused to those who may only look', async () => {
    const viewer = as(tokens.viewer);
    refusalOf(await viewer('POST', path, await wish()), 403);
    refusalOf(await viewer('PUT', `${path}/nobody/approval`, answered(await wish(), 'Approved')), 403);
    expect((await viewer('GET', path)).code).toBe(200);
  });

  test('is found, listed, and deleted; a name that is taken is 409', async () => {
    const body = await wish();
    const made = (await admin('POST', path, body)).body;
    refusalOf(await admin('POST', path, body), 409);
    expect((await admin('GET', `${path}/${body.metadata.name}`)).body).toEqual(made);
    const selector = `fieldSelector=metadata.name%3D${body.metadata.name}`;
    const list = documentOf(await admin('GET', `${path}?${selector}`), 200, certificateSigningRequestListSchema);
    expect(list.items).toEqual([made]);
    const page = documentOf(await admin('GET', `${path}?limit=1`), 200, certificateSigningRequestListSchema);
    expect(page.metadata.continue).toBeDefined();
    expect((await admin('DELETE', `${path}/${body.metadata.name}`)).code).toBe(200);
    refusalOf(await admin('DELETE', `${path}/${body.metadata.name}`), 404);
  });

  test('may be put twice, and is not changed by putting another', async () => {
    const body = await wish();
    const where = `${path}/${body.metadata.name}`;
    expect((await admin('PUT', where, body)).code).toBe(201);
    expect((await admin('PUT', where, body)).code).toBe(200);
    refusalOf(await admin('PUT', where, await wish({ name: body.metadata.name })), 409);
    refusalOf(await admin('PUT', `${path}/another`, body), 400);
  });
});

describe('an answer to a request', () => {
  /** One that was asked for by somebody who may not decide. */
  async function pending() {
    const { createSigningRequest } = await import('../../src/usecases/create-signing-request.ts');
    const request = await wish();
    await createSigningRequest(here.context, {
      request: request as never,
      by: { actor: 'user:bob' },
      mayDecide: false,
    });
    return { where: `${path}/${request.metadata.name}`, request };
  }

  test('approves it and issues the certificate, once', async () => {
    const { where } = await pending();
    const found = documentOf(await admin('GET', where), 200, certificateSigningRequestSchema);
    expect(found.status).toEqual({ conditions: [] });
    const approved = await admin('PUT', `${where}/approval`, answered(found, 'Approved'));
    const made = documentOf(approved, 200, certificateSigningRequestSchema);
    expect(made.status).toMatchObject({ conditions: [{ type: 'Approved' }], certificate: expect.stringMatching(/.+/) });
    expect(refusalOf(await admin('PUT', `${where}/approval`, answered(found, 'Approved')), 409)).toContain(
      'was approved',
    );
  });

  test('denies it, and that stands', async () => {
    const { where, request } = await pending();
    const denied = await admin('PUT', `${where}/approval`, answered(request, 'Denied'));
    expect(documentOf(denied, 200, certificateSigningRequestSchema).status).toMatchObject({
      conditions: [{ type: 'Denied', status: 'True' }],
    });
    expect(refusalOf(await admin('PUT', `${where}/approval`, answered(request, 'Approved')), 409)).toContain(
      'was denied',
    );
    expect(await eventsNamed(here.context, request.metadata.name)).toMatchObject([
      { reason: 'ResourceCreated', actor: 'user:bob' },
      { reason: 'CertificateSigningRequestDenied', actor: 'token:admin' },
    ]);
  });

  test.each([{ type: 'Failed' }, { type: 'Approved', status: 'False' }])(
    'that is $type $status is 400',
    async ({ type, status }) => {
      const { where, request } = await pending();
      const answer = { ...request, status: { conditions: [{ type, status: status ?? 'True' }] } };
      expect(refusalOf(await admin('PUT', `${where}/approval`, answer), 400)).toContain('expected one condition');
    },
  );

  test('to a request that is not there is 404', async () => {
    refusalOf(await admin('PUT', `${path}/nobody/approval`, answered(await wish(), 'Approved')), 404);
  });
});

describe('the configuration with which agents enroll', () => {
  test('says where the service is, whom to trust, and the certificate of a request', async () => {
    const body = await wish();
    const made = documentOf(await admin('POST', path, body), 201, certificateSigningRequestSchema);
    const answer = await admin('GET', `/enrollmentconfig?csr=${body.metadata.name}`);
    expect(documentOf(answer, 200, enrollmentConfigSchema)).toEqual({
      'enrollment-service': {
        authentication: { 'client-certificate-data': made.status?.certificate, 'client-key-data': '' },
        service: { 'certificate-authority-data': Buffer.from(pki.ca).toString('base64'), server: agentUrl },
        'enrollment-ui-endpoint': agentUrl,
      },
    });
    refusalOf(await admin('GET', '/enrollmentconfig?csr=nobody'), 404);
    expect((await admin('GET', '/enrollmentconfig')).code).toBe(200);
  });
});

describe('without a device CA', () => {
  const call = (method: Call['method'], where: string, body?: unknown) =>
    callTls(without.api, '', {}, { method, path: where, body });

  test('a request is refused with 400 that names the settings', async () => {
    expect(refusalOf(await call('POST', path, await wish()), 400)).toContain('MUSTER_DEVICE_CA_CERT');
  });

  test('without MUSTER_AGENT_URL there is no configuration to tell', async () => {
    expect(refusalOf(await call('GET', '/enrollmentconfig'), 404)).toContain('MUSTER_AGENT_URL');
  });
});
