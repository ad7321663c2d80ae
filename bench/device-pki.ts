import 'reflect-metadata';
import { KeyObject, webcrypto } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BasicConstraintsExtension, X509CertificateGenerator } from '@peculiar/x509';
import { TrialAuthority, validFor, type PemIdentity } from '../src/cli/pki/trial-authority.ts';
import type { DeviceIdentity } from './load.ts';

/** Certificates for a server and for devices, in a directory of its own. */
export type DevicePki = {
  readonly ca: string;
  readonly identities: readonly DeviceIdentity[];
  /** Settings of a service under mutual TLS. */
  readonly env: Readonly<Record<string, string>>;
  remove(): Promise<void>;
};

/** @param below whether the bundle of devices' authorities holds an intermediate authority only */
export async function makeDevicePki(names: readonly string[], below: boolean): Promise<DevicePki> {
  const directory = await mkdtemp(join(tmpdir(), 'muster-bench-pki-'));
  const path = (file: string) => join(directory, file);
  const root = await TrialAuthority.create('bench authority', validFor(2));
  const issuer = below ? await intermediateAuthority() : root;
  const server = await root.issueServer(['localhost', '127.0.0.1'], validFor(2));
  await write(path('server'), server);
  await writeFile(path('devices.crt'), issuer.identity.certificate);
  const identities: DeviceIdentity[] = [];
  for (const name of names) identities.push({ name, ...(await issuer.issueDevice(name, validFor(2))) });
  return {
    ca: root.identity.certificate,
    identities,
    env: {
      MUSTER_AGENT_TLS_CERT: path('server.crt'),
      MUSTER_AGENT_TLS_KEY: path('server.key'),
      MUSTER_AGENT_CLIENT_CA: path('devices.crt'),
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** An authority whose own issuer is not in the bundle. */
async function intermediateAuthority(): Promise<TrialAuthority> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
  const [root, keys] = await Promise.all(
    [1, 2].map(() => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])),
  );
  if (root === undefined || keys === undefined) throw new Error('no keys');
  const certificate = await X509CertificateGenerator.create({
    subject: 'CN=bench intermediate',
    issuer: 'CN=bench root',
    publicKey: keys.publicKey,
    signingKey: root.privateKey,
    signingAlgorithm: algorithm,
    extensions: [new BasicConstraintsExtension(true, 0, true)],
    ...validFor(2),
  });
  const key = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString();
  return await TrialAuthority.open({ certificate: `${certificate.toString('pem')}\n`, key });
}

async function write(path: string, { certificate, key }: PemIdentity): Promise<void> {
  await writeFile(`${path}.crt`, certificate);
  await writeFile(`${path}.key`, key, { mode: 0o600 });
}
