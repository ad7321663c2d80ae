import { file, wholeNumber } from './setting-forms.ts';

/** Settings of the device CA, a part of the table of all settings. */
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
} as const;
