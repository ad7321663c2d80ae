import 'reflect-metadata';
import { KeyObject, webcrypto, X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { BasicConstraintsExtension, X509CertificateGenerator } from '@peculiar/x509';
import { request, Agent } from 'undici';
import { expect, test } from 'vitest';
import { ClientAuthority } from '../../src/auth/client-authority.ts';
import { CredentialFiles } from '../../src/auth/credential-files.ts';
import { DeviceAuthenticator } from '../../src/auth/device-authenticator.ts';
import { TrialAuthority, type PemIdentity, type Validity } from '../../src/cli/pki/trial-authority.ts';
import { systemClock } from '../../src/time/clock.ts';
import { readConfig } from '../../src/config/config.ts';
import { ListenerTls } from '../../src/listener/listener-tls.ts';
import { createLog } from '../../src/logging/log.ts';
import { expired, TrialPki, validNow } from '../support/trial-pki.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const now = new Date();
const name = 'gateway-1';

type Issuer = { readonly keys: webcrypto.CryptoKeyPair; readonly identity: PemIdentity; readonly subject: string };

/** An authority that may have others below it, unlike those of trials. */
async function authority(
  subject: string,
  { above, ca = true, validity = validNow }: { above?: Issuer; ca?: boolean; validity?: Validity } = {},
): Promise<Issuer> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.create({
    subject,
    issuer: above?.subject ?? subject,
    publicKey: keys.publicKey,
    signingKey: (above?.keys ?? keys).privateKey,
    signingAlgorithm: algorithm,
    extensions: [new BasicConstraintsExtension(ca, undefined, true)],
    ...validity,
  });
  const key = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString();
  return { keys, subject, identity: { certificate: `${certificate.toString('pem')}\n`, key } };
}

const parsed = ({ certificate }: PemIdentity) => new X509Certificate(certificate);

async function deviceOf(issuer: Issuer): Promise<PemIdentity> {
  return await (await TrialAuthority.open(issuer.identity)).issueDevice(name, validNow);
}

function faultOf(authority: ClientAuthority, ...how: Parameters<ClientAuthority['examine']>): string | undefined {
  const found = authority.examine(...how);
  return 'fault' in found ? found.fault : undefined;
}

test('a certificate of an intermediate authority counts if that is in the bundle, or comes with it', async () => {
  const root = await authority('CN=root');
  const intermediate = await authority('CN=intermediate', { above: root });
  const device = parsed(await deviceOf(intermediate));
  const [above, below] = [parsed(root.identity), parsed(intermediate.identity)];
  expect(faultOf(new ClientAuthority([below]), device, { presented: [], now })).toBeUndefined();
  expect(faultOf(new ClientAuthority([above]), device, { presented: [below], now })).toBeUndefined();
  expect(faultOf(new ClientAuthority([above]), device, { presented: [], now })).toMatch(/^was not issued by/);
});

test.each<[string, (root: Issuer) => Promise<Issuer>]>([
  ['is no authority', (root) => authority('CN=intermediate', { above: root, ca: false })],
  ['has expired', (root) => authority('CN=intermediate', { above: root, validity: expired })],
  ['is from somewhere else', async () => authority('CN=intermediate', { above: await authority('CN=root') })],
])('an intermediate certificate that %s vouches for nobody', async (_what, make) => {
  const root = await authority('CN=root');
  const intermediate = await make(root);
  const device = parsed(await deviceOf(intermediate));
  const trusted = new ClientAuthority([parsed(root.identity)]);
  expect(faultOf(trusted, device, { presented: [parsed(intermediate.identity)], now })).toMatch(/^was not issued by/);
});

test('certificates that vouch for each other in a circle end the search', async () => {
  const [a, b] = [await authority('CN=a'), await authority('CN=b')];
  const circle = [await authority('CN=a', { above: b }), await authority('CN=b', { above: a })];
  const device = parsed(await deviceOf(a));
  const trusted = new ClientAuthority([parsed((await authority('CN=root')).identity)]);
  const presented = [...circle, a, b].map(({ identity }) => parsed(identity));
  expect(faultOf(trusted, device, { presented, now })).toMatch(/^was not issued by/);
});

test('what was accepted before is refused once it, or what vouches for it, has expired', async () => {
  const root = await authority('CN=root');
  const device = parsed(await deviceOf(root));
  const trusted = new ClientAuthority([parsed(root.identity)]);
  expect(faultOf(trusted, device, { presented: [], now })).toBeUndefined();
  const later = new Date(now.getTime() + 3 * 86_400_000);
  expect(faultOf(trusted, device, { presented: [], now: later })).toMatch(/^was not issued by/);
});

test('a credential that was accepted is looked at again when its time or that of its issuer is over, or the bundle is another', async () => {
  const pki = await TrialPki.make();
  const files = new CredentialFiles(createLog('silent'));
  let time = now;
  const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000);
  try {
    const short = await authority('CN=short', { validity: { notBefore: inDays(-1), notAfter: inDays(2) } });
    await writeFile(pki.path('ca.crt'), short.identity.certificate);
    const authenticator = await DeviceAuthenticator.open(readConfig(pki.env), { now: () => time }, files);
    const shown = async (days: number, issuer: Issuer) => {
      const validity = { notBefore: inDays(-1), notAfter: inDays(days) };
      const identity = await (await TrialAuthority.open(issuer.identity)).issueDevice(name, validity);
      const credential = {
        kind: 'certificate',
        certificate: parsed(identity),
        presented: [],
        handshakeFault: null,
      } as const;
      return async () =>
        await authenticator?.check(credential).then(
          (found) => found.name,
          (error: unknown) => String(error),
        );
    };
    const [brief, long] = [await shown(1, short), await shown(9, short)];
    expect([await brief(), await brief(), await long()]).toEqual([name, name, name]);
    time = inDays(1.5);
    expect([await brief(), await long()]).toEqual([expect.stringContaining('has expired'), name]);
    time = inDays(2.5);
    expect(await long()).toContain('was not issued by an authority that is trusted here');
    // What was wrong is not remembered: the clock may have been.
    time = now;
    expect([await brief(), await long()]).toEqual([name, name]);
    await writeFile(pki.path('ca.crt'), pki.ca);
    await files.reload();
    expect(await long()).toContain('was not issued by an authority that is trusted here');
  } finally {
    files.close();
    await pki.remove();
  }
});

test('over TLS an intermediate authority may be the only one in the bundle, or come from the device', async () => {
  const pki = await TrialPki.make();
  const files = new CredentialFiles(createLog('silent'));
  try {
    const root = await authority('CN=root');
    const intermediate = await authority('CN=intermediate', { above: root });
    const device = await deviceOf(intermediate);
    const chain = { ...device, certificate: `${device.certificate}${intermediate.identity.certificate}` };
    for (const [bundle, shown, accepted] of [
      [intermediate, device, true],
      [root, chain, true],
      [root, device, false],
    ] as const) {
      await writeFile(pki.path('ca.crt'), bundle.identity.certificate);
      expect(await identified(pki, files, shown)).toEqual(accepted ? name : 'refused');
    }
  } finally {
    files.close();
    await pki.remove();
  }
});

/** Name that the service finds for a client that shows this over a real connection. */
async function identified(pki: TrialPki, files: CredentialFiles, shown: PemIdentity): Promise<string> {
  const authenticator = await DeviceAuthenticator.open(readConfig(pki.env), systemClock, files);
  const named = (setting: string, file: string) => ({ setting, path: pki.path(file) });
  const tls = await ListenerTls.open(
    { cert: named('CERT', 'server.crt'), key: named('KEY', 'server.key'), clientCa: named('CA', 'ca.crt') },
    files,
  );
  const server = tls.createServer({}, (incoming, response) => {
    const answer = async () => response.end((await authenticator?.identify(incoming))?.name);
    answer().catch(() => response.end('refused'));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const dispatcher = new Agent({ connect: { ca: pki.ca, cert: shown.certificate, key: shown.key } });
  const { body } = await request(`https://127.0.0.1:${port}/`, { dispatcher });
  const text = await body.text();
  await dispatcher.close();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return text;
}
