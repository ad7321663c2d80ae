import { file, url, wholeNumber } from './setting-forms.ts';

/** Settings of the device CA and of what agents are told, a part of the table of all settings. */
export const deviceCaSettings = {
  deviceCaCert: {
    env: 'MUSTER_DEVICE_CA_CERT',
    flag: '--device-ca-cert <file>',
    about:
      'PEM file with the certificate of the device CA. With it an approved enrollment request gets its certificate in the approval, and devices renew theirs. It may be an intermediate one, with those above it in the same file. Put it into `MUSTER_AGENT_CLIENT_CA` as well. Read again when it changes.',
    schema: file,
  },
  deviceCaKey: {
    env: 'MUSTER_DEVICE_CA_KEY',
    flag: '--device-ca-key <file>',
    about: 'PEM file with the private key of that certificate, without a passphrase.',
    schema: file,
  },
  deviceCertificateDays: {
    env: 'MUSTER_DEVICE_CERT_DAYS',
    about:
      'Validity in days of the certificates that devices get from the device CA. Agents renew theirs after a quarter of it.',
    schema: wholeNumber(365, 1, 3_650),
  },
  agentUrl: {
    env: 'MUSTER_AGENT_URL',
    flag: '--agent-url <url>',
    about:
      'Address at which agents reach the listener for devices, such as `https://muster.example.com:7443`. Told to `flightctl certificate request`.',
    schema: url('https', 'http').optional(),
  },
  agentServerCa: {
    env: 'MUSTER_AGENT_SERVER_CA',
    flag: '--agent-server-ca <file>',
    about:
      'PEM file with the authorities by which agents trust that address, told with it. Without it agents trust those of their system. Read again when it changes.',
    schema: file,
  },
  enrollmentUiUrl: {
    env: 'MUSTER_ENROLLMENT_UI_URL',
    about:
      'Page that agents show on their console to the person who approves them, told with it. Without it that is `MUSTER_AGENT_URL`.',
    schema: url('https', 'http').optional(),
  },
} as const;
