import type { SignerName } from './signers.ts';

/** A certificate signing request (PKCS#10) with a valid signature and a key that is strong enough. */
export type CheckedRequest = {
  readonly commonName: string;
  /** Name that Flight Control derives from the key; undefined if it derives none from keys of this kind. */
  readonly keyName: string | undefined;
  /** SubjectPublicKeyInfo in DER form. */
  readonly publicKey: Uint8Array;
};

/** The content of a certificate, without the public key. */
export type CertificateOptions = {
  readonly commonName: string;
  readonly signer: SignerName;
  /** Text of the extension that names the device; undefined leaves the extension out. */
  readonly device?: string;
  readonly lifetimeMs: number;
  readonly now: Date;
};

export type IssuedCertificate = {
  /** In PEM form. */
  readonly certificate: string;
  readonly expiresAt: Date;
};

/** The device CA: reads certificate signing requests, and signs certificates. */
export type CertificateIssuer = {
  /**
   * Reads a request in PEM form.
   *
   * @throws MusterError 400 that says what is wrong with it
   */
  read(request: string): Promise<CheckedRequest>;
  /**
   * Signs a certificate for the key of a request. It never outlives the CA.
   *
   * @throws MusterError 503 while the CA's own certificate is not valid
   */
  issue(request: CheckedRequest, options: CertificateOptions): Promise<IssuedCertificate>;
};
