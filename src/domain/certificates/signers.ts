/** Names of the signers that Flight Control has for certificates of devices; each certificate says which one made it. */
export const signers = {
  /** Makes the first management certificate of a device, when its enrollment request is approved. */
  management: 'flightctl.io/device-enrollment',
  /** Makes the next management certificate of a device that shows the one it has. */
  renewal: 'flightctl.io/device-management-renewal',
  /** Makes certificates with which a device talks to other services. They open nothing here. */
  service: 'flightctl.io/device-svc-client',
  /** Makes certificates with which devices that have no name yet may ask to join, and do nothing else. */
  enrollment: 'flightctl.io/enrollment',
} as const;

export type SignerName = (typeof signers)[keyof typeof signers];

/** The beginning of the common name of a management certificate. */
export const devicePrefix = 'device:';

/** The common name of an enrollment certificate, alone or with `-` and more after it. */
export const enrollmentName = 'client-enrollment';

/** Object identifiers of the extensions in which a certificate says more of itself; each holds one text. */
export const extensionIds = {
  signerName: '1.3.6.1.4.1.99999.1.1',
  organization: '1.3.6.1.4.1.99999.1.2',
  device: '1.3.6.1.4.1.99999.1.3',
} as const;
