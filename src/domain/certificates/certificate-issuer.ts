import type { SignerName } from './signers.ts';

/** A certificate signing request (PKCS#10) whose own signature is right and whose key is strong enough. */
export type CheckedRequest = {
  readonly commonName: string;
  /** Name that Flight Control derives from the key; undefined for a key that it gives no name to. */
  readonly keyName: string | undefined;
  /** SubjectPublicKeyInfo in DER form. */
  readonly publicKey: Uint8Array;
};

/** The content of a certificate beside the public key. */
export type CertificateWish = {
  readonly commonName: string;
  readonly signer: SignerName;
  /** Text of the extension that names the device; none if it is left out. */
  readonly device?: string;
  readonly lifetimeMs: number;
  readonly now: Date;
};

export type IssuedCertificate = {
  /** In PEM form. */
  readonly certificate: string;
  readonly expiresAt: Date;
};

/** The device CA: reads what asks for a certificate, and signs certificates. */
export type CertificateIssuer = {
  /**
   * Reads a request in PEM form.
   *
   * @throws MusterError 400 saying what is wrong with it
   */
  read(request: string): Promise<CheckedRequest>;
  /**
   * Signs a certificate for the key of a request. It never outlives the CA.
   *
   * @throws MusterError 503 while the CA's own certificate is not valid
   */
  issue(request: CheckedRequest, wish: CertificateWish): Promise<IssuedCertificate>;
};
