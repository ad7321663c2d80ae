import { stringify } from 'yaml';
import type { PemIdentity } from './trial-authority.ts';

/** Settings that an agent of Flight Control needs to enroll. */
type AgentConfig = {
  /** Address of the listener for devices. */
  readonly server: string;
  /** Authorities by which the agent trusts that address, in PEM form. */
  readonly authorities: string;
  /** The certificate with which it asks to join, and its key. */
  readonly enrollment: PemIdentity;
};

/** The file `/etc/flightctl/config.yaml` of an agent, with everything that it needs in it. */
export function agentConfigFile({ server, authorities, enrollment }: AgentConfig): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return stringify(
    {
      'enrollment-service': {
        service: { server, 'certificate-authority-data': base64(authorities) },
        authentication: {
          'client-certificate-data': base64(enrollment.certificate),
          'client-key-data': base64(enrollment.key),
        },
      },
    },
    { lineWidth: 0 },
  );
}
