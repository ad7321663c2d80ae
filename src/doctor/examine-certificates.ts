import { X509Certificate } from 'node:crypto';
import { readClientAuthority } from '../auth/client-authority.ts';
import { CredentialFiles } from '../auth/credential-files.ts';
import { readTokenKeys } from '../auth/device-tokens.ts';
import { pemBlocks, readNamedFile, type NamedFile } from '../auth/pem-file.ts';
import { readStaticTokens } from '../auth/static-tokens.ts';
import type { Config } from '../config/config.ts';
import { ListenerTls, type TlsFiles } from '../listener/listener-tls.ts';
import { createLog } from '../logging/log.ts';
import { dateOf, openKey, unusable } from './certificate-findings.ts';
import { examineDeviceCa, type DeviceCaSettings } from './examine-device-ca.ts';
import { findingsIn, type Finding } from './finding.ts';

const { ok } = findingsIn('certificates');

type Settings = Pick<
  Config,
  'apiTlsCert' | 'apiTlsKey' | 'agentTlsCert' | 'agentTlsKey' | 'agentClientCa' | 'deviceTokenKeys' | 'tokensFile'
> &
  DeviceCaSettings;

/** Reads every file with certificates, keys and tokens as the service does, and looks at their dates. */
export async function examineCertificates(config: Settings, now: Date): Promise<Finding[]> {
  const { apiTlsCert, apiTlsKey, agentTlsCert, agentTlsKey, agentClientCa, deviceTokenKeys, tokensFile } = config;
  const clientCa = named('MUSTER_AGENT_CLIENT_CA', agentClientCa);
  const findings = [
    ...(await examineTls('MUSTER_API_TLS', { cert: apiTlsCert, key: apiTlsKey }, now)),
    ...(await examineTls('MUSTER_AGENT_TLS', { cert: agentTlsCert, key: agentTlsKey }, now)),
    ...(clientCa === undefined ? [] : await examineAuthority(clientCa, now)),
    ...(await readable(named('MUSTER_DEVICE_TOKEN_KEYS', deviceTokenKeys), readTokenKeys, 'keys of device tokens')),
    ...(await readable(named('MUSTER_TOKENS_FILE', tokensFile), readStaticTokens, 'static tokens')),
  ];
  const found = findings.length > 0 ? findings : [ok('none are configured: listeners speak plain HTTP, on loopback')];
  return [...found, ...(await examineDeviceCa(config, now))];
}

function named(setting: string, path: string | undefined): NamedFile | undefined {
  return path === undefined ? undefined : { setting, path };
}

async function examineTls(
  prefix: string,
  { cert: certPath, key: keyPath }: { cert: string | undefined; key: string | undefined },
  now: Date,
): Promise<Finding[]> {
  const cert = named(`${prefix}_CERT`, certPath);
  const key = named(`${prefix}_KEY`, keyPath);
  if (cert === undefined || key === undefined) return [];
  try {
    await readAsListener({ cert, key });
    return [...(await dates(cert, now, 'Renew it; the service reads it again by itself.')), ...(await openKey(key))];
  } catch (error) {
    return [unusable(error)];
  }
}

/** Reads the files the way a listener does. @throws what that throws */
async function readAsListener(files: TlsFiles): Promise<void> {
  const watched = new CredentialFiles(createLog('silent'));
  try {
    await ListenerTls.open(files, watched);
  } finally {
    watched.close();
  }
}

async function examineAuthority(file: NamedFile, now: Date): Promise<Finding[]> {
  try {
    await readClientAuthority(file);
    return await dates(file, now, 'Add the authority’s next certificate to the file before devices get ones from it.');
  } catch (error) {
    return [unusable(error)];
  }
}

/** The dates of every certificate in a file. */
async function dates(file: NamedFile, now: Date, advice: string): Promise<Finding[]> {
  const certificates = pemBlocks(await readNamedFile(file), 'CERTIFICATE').map((pem) => new X509Certificate(pem));
  return certificates.map((certificate) => dateOf(file, certificate, now, advice));
}

async function readable(
  file: NamedFile | undefined,
  read: (file: NamedFile) => Promise<readonly unknown[]>,
  what: string,
): Promise<Finding[]> {
  if (file === undefined) return [];
  try {
    const { length } = await read(file);
    return [ok(`${file.setting}: ${what} in ${file.path}: ${length}`)];
  } catch (error) {
    return [unusable(error)];
  }
}
