import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CredentialFiles } from '../../src/auth/credential-files.ts';
import { extensionText, objectIdentifier } from '../../src/auth/der.ts';
import { DeviceCertificateAuthority } from '../../src/auth/device-certificate-authority.ts';
import { TrialAuthority, validFor, type Validity } from '../../src/cli/pki/trial-authority.ts';
import { issueManagementCertificate } from '../../src/domain/certificates/device-certificates.ts';
import { extensionIds, signers } from '../../src/domain/certificates/signers.ts';
import { createLog } from '../../src/logging/log.ts';
import { DeviceKey } from '../support/device-key.ts';

const now = new Date('2026-11-21T08:00:00Z');
const wide: Validity = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2036-01-01T00:00:00Z') };

let directory: string;
let files: CredentialFiles;
let ca: TrialAuthority;
let authority: DeviceCertificateAuthority;
let device: DeviceKey;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'muster-device-ca-'));
  files = new CredentialFiles(createLog('silent'));
  ca = await TrialAuthority.create('device CA', wide);
  authority = await open('usual', ca.identity);
  device = await DeviceKey.make();
});

afterAll(async () => {
  files.close();
  await rm(directory, { recursive: true });
});

async function open(name: string, { certificate, key }: { certificate: string; key: string }) {
  const cert = { setting: 'MUSTER_DEVICE_CA_CERT', path: join(directory, `${name}.crt`) };
  const keyFile = { setting: 'MUSTER_DEVICE_CA_KEY', path: join(directory, `${name}.key`) };
  await writeFile(cert.path, certificate);
  await writeFile(keyFile.path, key);
  return await DeviceCertificateAuthority.open({ cert, key: keyFile }, files);
}

async function certify(issuer = authority, days = 365) {
  const read = await issuer.read(await device.request());
  const { management } = signers;
  return await issueManagementCertificate(device.name, read, management, { issuer, now, days });
}

const textOf = (certificate: X509Certificate, id: string) => extensionText(certificate.raw, objectIdentifier(id));

describe('a management certificate', () => {
  test('says what Flight Control’s own says, for the key of the request and 365 days', async () => {
    const { certificate, expiresAt } = await certify();
    const issued = new X509Certificate(certificate);
    expect(issued.subject).toBe(`CN=device:${device.name}`);
    expect(issued.verify(new X509Certificate(ca.identity.certificate).publicKey)).toBe(true);
    expect(issued.checkIssued(new X509Certificate(ca.identity.certificate))).toBe(true);
    expect(issued.publicKey.export({ type: 'spki', format: 'pem' })).toBe(
      (await import('node:crypto')).createPublicKey(device.key).export({ type: 'spki', format: 'pem' }),
    );
    expect(issued.ca).toBe(false);
    expect(issued.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(issued.subjectAltName).toBeUndefined();
    expect(expiresAt).toEqual(new Date('2027-11-21T08:00:00Z'));
    expect(new Date(issued.validTo)).toEqual(expiresAt);
    expect(textOf(issued, extensionIds.signerName)).toBe('flightctl.io/device-enrollment');
    expect(textOf(issued, extensionIds.organization)).toBe('00000000-0000-0000-0000-000000000000');
    expect(textOf(issued, extensionIds.device)).toBe(`device:${device.name}`);
  });

  test('allows digital signatures and key encipherment, critically, and holds texts as DER strings', async () => {
    const { X509Certificate: Parsed, KeyUsagesExtension, KeyUsageFlags } = await import('@peculiar/x509');
    const { certificate } = await certify();
    const parsed = new Parsed(certificate);
    const usages = parsed.getExtension(KeyUsagesExtension);
    expect(usages?.usages).toBe(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment);
    expect(usages?.critical).toBe(true);
    const signer = Buffer.from(parsed.getExtension(extensionIds.signerName)?.value ?? new ArrayBuffer());
    expect(signer[0]).toBe(0x13);
    expect(signer.subarray(2).toString()).toBe('flightctl.io/device-enrollment');
  });

  test('never outlives the CA', async () => {
    const end = new Date('2026-12-01T00:00:00Z');
    const short = await TrialAuthority.create('short CA', { notBefore: wide.notBefore, notAfter: end });
    const { expiresAt } = await certify(await open('short', short.identity));
    expect(expiresAt).toEqual(end);
  });

  test.each([
    ['has expired', { notBefore: wide.notBefore, notAfter: new Date('2026-11-01T00:00:00Z') }, /expired on 2026-11-01/],
    [
      'is not valid yet',
      { notBefore: new Date('2026-12-01T00:00:00Z'), notAfter: wide.notAfter },
      /not valid before 2026-12-01/,
    ],
  ])('is not issued by a CA that %s', async (what, validity, says) => {
    const stale = await TrialAuthority.create('stale CA', validity);
    const opened = await open(what.replaceAll(' ', '-'), stale.identity);
    await expect(certify(opened)).rejects.toMatchObject({ status: 503, message: expect.stringMatching(says) });
  });

  test('is issued by an intermediate CA whose file holds the root as well, in any order', async () => {
    const root = await TrialAuthority.create('root', wide);
    for (const [name, chain] of [
      ['leaf-first', [ca.identity.certificate, root.identity.certificate]],
      ['root-first', [root.identity.certificate, ca.identity.certificate]],
    ] as const) {
      const opened = await open(name, { certificate: chain.join(''), key: ca.identity.key });
      const { certificate } = await certify(opened);
      expect(new X509Certificate(certificate).checkIssued(new X509Certificate(ca.identity.certificate))).toBe(true);
    }
  });

  test.each([
    ['P-384', { name: 'ECDSA', namedCurve: 'P-384' }, 'SHA-384'],
    [
      'RSA',
      { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2_048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
      'SHA-256',
    ],
    ['Ed25519', { name: 'Ed25519' }, undefined],
  ])('is issued by a CA with a key of %s too', async (kind, algorithm, hash) => {
    const opened = await open(kind, await foreignCa(algorithm, hash));
    const { certificate } = await certify(opened);
    expect(new X509Certificate(certificate).subject).toContain(device.name);
  });
});

/** The certificate of a CA that another program made. */
async function foreignCa(algorithm: object & { name: string }, hash: string | undefined) {
  const { KeyObject, webcrypto } = await import('node:crypto');
  const { BasicConstraintsExtension, X509CertificateGenerator } = await import('@peculiar/x509');
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  if (!('privateKey' in keys)) throw new Error('expected a pair of keys');
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=foreign CA',
    keys,
    ...wide,
    signingAlgorithm: { name: algorithm.name, ...(hash !== undefined && { hash }) },
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
  });
  const key = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString();
  return { certificate: certificate.toString('pem'), key };
}

describe('the files of the device CA', () => {
  test('are read again when they change', async () => {
    const opened = await open('changing', ca.identity);
    const next = await TrialAuthority.create('next CA', validFor(30, now));
    await open('changing', next.identity);
    await files.reload();
    await sleep(0);
    const { certificate } = await certify(opened);
    expect(new X509Certificate(certificate).issuer).toBe('CN=next CA');
  });

  test.each([
    [
      'no certificate',
      async () => ({ certificate: 'nothing', key: ca.identity.key }),
      /MUSTER_DEVICE_CA_CERT: expected at least one certificate/,
    ],
    [
      'no key',
      async () => ({ certificate: ca.identity.certificate, key: 'nothing' }),
      /MUSTER_DEVICE_CA_KEY: expected a private key/,
    ],
    [
      'the key of another',
      async () => ({ certificate: ca.identity.certificate, key: device.key }),
      /MUSTER_DEVICE_CA_KEY: the key in .* is not that of a certificate in/,
    ],
    [
      'the certificate of a device',
      async () => await ca.issueDevice('edge-1', wide),
      /expected the certificate of an authority .* CN=edge-1/,
    ],
    [
      'a weak key',
      async () =>
        await foreignCa(
          {
            name: 'RSASSA-PKCS1-v1_5',
            modulusLength: 1_024,
            publicExponent: new Uint8Array([1, 0, 1]),
            hash: 'SHA-256',
          } as { name: string },
          'SHA-256',
        ),
      /RSA with at least 2048 bits/,
    ],
  ])('that hold %s are refused, naming the setting', async (what, make, says) => {
    await expect(open(what.replaceAll(' ', '-'), await make())).rejects.toThrow(says);
  });
});
