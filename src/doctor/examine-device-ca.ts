import { readClientAuthority } from '../auth/client-authority.ts';
import { readDeviceCa, type DeviceCa } from '../auth/device-certificate-authority.ts';
import type { NamedFile } from '../auth/pem-file.ts';
import type { Config } from '../config/config.ts';
import { dateOf, dayMs, openKey, unusable } from './certificate-findings.ts';
import { findingsIn, type Finding } from './finding.ts';

const { ok, warning, problem } = findingsIn('certificates');

export type DeviceCaSettings = Pick<Config, 'deviceCaCert' | 'deviceCaKey' | 'deviceCertificateDays' | 'agentClientCa'>;

/** Looks at the device CA as the service reads it: its pair, its dates, and whether its certificates open the listener for devices. */
export async function examineDeviceCa(config: DeviceCaSettings, now: Date): Promise<Finding[]> {
  const { deviceCaCert, deviceCaKey, agentClientCa } = config;
  if (deviceCaCert === undefined || deviceCaKey === undefined) return [withoutDeviceCa(agentClientCa)];
  const cert = { setting: 'MUSTER_DEVICE_CA_CERT', path: deviceCaCert };
  const key = { setting: 'MUSTER_DEVICE_CA_KEY', path: deviceCaKey };
  try {
    const ca = await readDeviceCa({ cert, key });
    return [
      dateOf(cert, ca.certificate, now, 'Make another one; the service reads it again by itself.'),
      ...lastOf(ca, config, now),
      ...(await openKey(key)),
      await trustOf(ca, cert, agentClientCa),
    ];
  } catch (error) {
    return [unusable(error)];
  }
}

function withoutDeviceCa(agentClientCa: string | undefined): Finding {
  const found =
    'no device CA is configured: an approved enrollment request gets no certificate, for which an agent waits';
  return agentClientCa === undefined
    ? ok(found)
    : warning(
        found,
        'Set MUSTER_DEVICE_CA_CERT and MUSTER_DEVICE_CA_KEY (muster pki init makes them for a trial), or issue devices their certificates elsewhere.',
      );
}

/** No certificate outlives the CA. */
function lastOf({ certificate }: DeviceCa, { deviceCertificateDays: days }: DeviceCaSettings, now: Date): Finding[] {
  const left = Math.floor((Date.parse(certificate.validTo) - now.getTime()) / dayMs);
  if (left < 0 || left >= days) return [];
  return [
    warning(
      `MUSTER_DEVICE_CA_CERT: certificates of devices are cut short, to the ${left} days that the device CA is still valid, of ${days} (MUSTER_DEVICE_CERT_DAYS)`,
      'Replace the device CA in time: put the next one beside it in MUSTER_AGENT_CLIENT_CA first.',
    ),
  ];
}

async function trustOf(
  { certificate }: DeviceCa,
  { path }: NamedFile,
  agentClientCa: string | undefined,
): Promise<Finding> {
  const refused = 'the listener for devices refuses the certificates that the device CA issues';
  if (agentClientCa === undefined) {
    return problem(
      `${refused}: it asks for none`,
      `Set MUSTER_AGENT_CLIENT_CA, to a file with the certificate in ${path}.`,
    );
  }
  const { authority } = await readClientAuthority({ setting: 'MUSTER_AGENT_CLIENT_CA', path: agentClientCa });
  return authority.trusts(certificate)
    ? ok('the listener for devices accepts the certificates that the device CA issues')
    : problem(`${refused}: the CA is not in ${agentClientCa}`, `Add the certificate in ${path} to it.`);
}
