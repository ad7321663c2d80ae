import { X509Certificate } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { extensionText, objectIdentifier } from '../../src/auth/der.ts';
import type { PemIdentity } from '../../src/cli/pki/trial-authority.ts';
import { extensionIds, signers } from '../../src/domain/certificates/signers.ts';
import { certificateSigningRequestSchema } from '../../src/domain/resources/certificate-signing-request.ts';
import { bearer, callTls } from '../support/tls-client.ts';
import { DeviceCaService } from '../support/device-ca-service.ts';
import { DeviceKey } from '../support/device-key.ts';
import { documentOf, refusalOf } from '../support/documents.ts';
import { eventsNamed } from '../support/enrollment.ts';

const path = '/certificatesigningrequests';
let here: DeviceCaService;
let number = 0;

beforeAll(async () => {
  here = await DeviceCaService.start({ MUSTER_DEVICE_CERT_DAYS: '10' });
});

afterAll(async () => {
  await here.close();
});

type Said = { readonly signer?: string; readonly subject?: string; readonly spec?: object };

/** The request as an agent sends it. */
async function wish(
  device: DeviceKey,
  { signer = signers.renewal, subject = `CN=${device.name}`, spec = {} }: Said = {},
) {
  const request = Buffer.from(await device.request(subject)).toString('base64');
  return {
    apiVersion: 'v1beta1',
    kind: 'CertificateSigningRequest',
    metadata: { name: `${device.name}-${(number += 1)}` },
    spec: { request, signerName: signer, usages: ['clientAuth', 'CA:false'], ...spec },
  };
}

const parsed = (base64: string | undefined) => new X509Certificate(Buffer.from(base64 ?? '', 'base64'));
const textOf = ({ raw }: X509Certificate, id: string) => extensionText(raw, objectIdentifier(id));

describe('a device that renews its certificate', () => {
  let device: DeviceKey;
  let identity: PemIdentity;

  beforeAll(async () => {
    device = await here.enrolled();
    identity = await here.certificateOf(device);
  });

  test('gets the next one at once, with which it goes on', async () => {
    const next = await DeviceKey.make();
    const body = await wish(next, { subject: `CN=${device.name}` });
    const made = documentOf(await here.ask(identity, 'POST', path, body), 201, certificateSigningRequestSchema);
    expect(made).toMatchObject({
      metadata: { owner: `Device/${device.name}` },
      spec: { username: `device:${device.name}` },
      status: { conditions: [{ type: 'Approved', status: 'True' }] },
    });
    const found = await here.ask(identity, 'GET', `${path}/${body.metadata.name}`);
    expect(documentOf(found, 200, certificateSigningRequestSchema)).toEqual(made);
    const certificate = parsed(made.status?.certificate);
    expect(certificate.subject).toBe(`CN=device:${device.name}`);
    expect(textOf(certificate, extensionIds.signerName)).toBe('flightctl.io/device-management-renewal');
    expect(textOf(certificate, extensionIds.device)).toBe(`device:${device.name}`);
    const renewed = { certificate: certificate.toString(), key: next.key };
    expect((await here.poll(renewed, device.name)).code).toBe(204);
    expect(await here.expiryOf(device.name)).toEqual(new Date(certificate.validTo));
    expect(await eventsNamed(here.context, device.name)).toContainEqual(
      expect.objectContaining({ reason: 'DeviceCertificateIssued', actor: `device:${device.name}` }),
    );
  });

  test('gets a shorter validity if it asks for that, and never a longer one', async () => {
    const spanOf = async (expirationSeconds: number) => {
      const body = await wish(device, { spec: { expirationSeconds } });
      const made = documentOf(await here.ask(identity, 'POST', path, body), 201, certificateSigningRequestSchema);
      return (Date.parse(parsed(made.status?.certificate).validTo) - Date.now()) / 3_600_000;
    };
    expect(await spanOf(3_600)).toBeCloseTo(1, 1);
    // The CA of the test ends after a day: before the ten days of the setting.
    expect(await spanOf(1_000_000)).toBeLessThan(24.1);
  });

  test('gets a certificate for another service, under a name that ends with its own, which opens nothing here', async () => {
    const before = await here.expiryOf(device.name);
    const body = await wish(device, { signer: signers.service, subject: `CN=svc-${device.name}` });
    const made = documentOf(await here.ask(identity, 'POST', path, body), 201, certificateSigningRequestSchema);
    const certificate = parsed(made.status?.certificate);
    expect(certificate.subject).toBe(`CN=svc-${device.name}`);
    expect(textOf(certificate, extensionIds.device)).toBe(device.name);
    const service = { certificate: certificate.toString(), key: device.key };
    expect(refusalOf(await here.poll(service, device.name), 401)).toContain('not meant for this service');
    expect(await here.expiryOf(device.name)).toEqual(before);
  });

  test.each([
    ['for another device', { subject: 'CN=gateway-2' }, /expected the common name/],
    [
      'for another service under the name of another device',
      { signer: signers.service, subject: 'CN=svc-gateway-2' },
      /ends with -/,
    ],
    [
      'for enrolling',
      { signer: signers.enrollment },
      /spec.signerName: expected flightctl.io\/device-management-renewal or/,
    ],
    ['of a signer that nobody knows', { signer: 'acme.com/ca' }, /spec.signerName/],
    [
      'with text that is no request',
      { spec: { request: Buffer.from('PEM').toString('base64') } },
      /expected one PKCS#10 request/,
    ],
  ])('is told 400 for one %s', async (_what, said, says) => {
    expect(refusalOf(await here.ask(identity, 'POST', path, await wish(device, said)), 400)).toMatch(says);
  });

  test('sees its own requests only', async () => {
    const other = await here.enrolled();
    const body = await wish(other);
    await here.ask(await here.certificateOf(other), 'POST', path, body);
    refusalOf(await here.ask(identity, 'GET', `${path}/${body.metadata.name}`), 404);
    refusalOf(await here.ask(identity, 'GET', `${path}/nobody`), 404);
    refusalOf(await here.ask(identity, 'GET', path), 405);
  });

  test('is told 409 for a name that is taken', async () => {
    const other = await here.enrolled();
    const mine = await here.certificateOf(other);
    const body = await wish(other);
    expect((await here.ask(mine, 'POST', path, body)).code).toBe(201);
    refusalOf(await here.ask(mine, 'POST', path, body), 409);
  });

  test('is told 429 for the eleventh in an hour, and no more than ten are kept', async () => {
    const other = await here.enrolled();
    const mine = await here.certificateOf(other);
    const renew = async () => await here.ask(mine, 'POST', path, await wish(other));
    const kept = async () => {
      const [row] = await here.context.database.pool.execute<{ count: string }>(
        sql`SELECT count(*) FROM certificate_signing_requests WHERE owner = ${`Device/${other.name}`}`,
      );
      return Number(row?.count);
    };
    for (let made = 0; made < 10; made += 1) expect((await renew()).code).toBe(201);
    const refused = await renew();
    expect(refusalOf(refused, 429)).toContain('at most 10 requests');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(3_000);
    await here.context.database.pool.execute(
      sql`UPDATE certificate_signing_requests SET created_at = created_at - interval '2 hours' WHERE owner = ${`Device/${other.name}`}`,
    );
    expect((await renew()).code).toBe(201);
    expect(await kept()).toBe(10);
    await here.admin('DELETE', `/devices/${other.name}`);
    expect(await kept()).toBe(0);
  });

  test('gets none once it is decommissioned, or where it is not known, in words that make no agent erase itself', async () => {
    const gone = await here.enrolled();
    const mine = await here.certificateOf(gone);
    await here.admin('PUT', `/devices/${gone.name}/decommission`, { target: 'Unenroll' });
    expect(refusalOf(await here.ask(mine, 'POST', path, await wish(gone)), 403)).toContain('is decommissioned');
    await here.admin('DELETE', `/devices/${gone.name}`);
    const told = refusalOf(await here.ask(mine, 'POST', path, await wish(gone)), 404);
    expect(told).toContain('is not known here');
    expect(told).not.toContain('Device of name');
  });

  test('needs its certificate for it: one for enrolling is refused with 403, none and a token with 401', async () => {
    refusalOf(await here.ask(here.enrolling, 'POST', path, await wish(device)), 403);
    refusalOf(await here.ask(undefined, 'POST', path, await wish(device)), 401);
    const tokens = await DeviceCaService.start({ MUSTER_DEVICE_TOKEN_KEYS: here.pki.path('device-token.pub') });
    onTestFinished(() => tokens.close());
    const body = await wish(device);
    const presented = bearer(await here.pki.token(device.name));
    const server = tokens.listeners.agent.replace('http:', 'https:');
    const answer = await callTls(server, tokens.pki.ca, presented, { method: 'POST', path, body });
    expect(refusalOf(answer, 401)).toContain('only where it shows the one that it has');
  });
});
