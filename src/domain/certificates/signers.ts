/** Flight Control's names of the signers of device certificates; each certificate names its signer. */
export const signers = {
  /** Makes the first management certificate of a device, when its enrollment request is approved. */
  management: 'flightctl.io/device-enrollment',
  /** Makes the next management certificate of a device that shows the one it has. */
  renewal: 'flightctl.io/device-management-renewal',
  /** Makes certificates with which a device talks to other services. They give no access to Muster. */
  service: 'flightctl.io/device-svc-client',
  /** Makes certificates for devices that have no name yet: they may send enrollment requests, and nothing else. */
  enrollment: 'flightctl.io/enrollment',
} as const;

export type SignerName = (typeof signers)[keyof typeof signers];

/** The beginning of the common name of a management certificate. */
export const devicePrefix = 'device:';

/** The common name of an enrollment certificate, alone or with `-` and more after it. */
export const enrollmentName = 'client-enrollment';

/** Object identifiers of the extensions that Flight Control puts into a certificate; each holds one text. */
export const extensionIds = {
  signerName: '1.3.6.1.4.1.99999.1.1',
  organization: '1.3.6.1.4.1.99999.1.2',
  device: '1.3.6.1.4.1.99999.1.3',
} as const;
