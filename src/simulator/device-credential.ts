/** The credential of a simulated device: a certificate and its key in PEM form, or a token. */
export type DeviceCredential =
  | { readonly kind: 'certificate'; readonly certificate: string; readonly key: string }
  | { readonly kind: 'token'; readonly token: string };

/** Address and credential with which a device reaches the service. */
export type ServiceAccess = {
  /** The authorities, in PEM form, that the service's certificate may be from; those of the system if not given. */
  readonly ca?: string | undefined;
  /** Absent if devices need not authenticate. */
  readonly credential?: DeviceCredential | undefined;
};

/** Options of a TLS connection. */
export function tlsOptions({ ca, credential }: ServiceAccess): { ca?: string; cert?: string; key?: string } {
  return {
    ...(ca !== undefined && { ca }),
    ...(credential?.kind === 'certificate' && { cert: credential.certificate, key: credential.key }),
  };
}

/** Headers of every request. */
export function identityHeaders({ credential }: ServiceAccess): Record<string, string> {
  return credential?.kind === 'token' ? { authorization: `Bearer ${credential.token}` } : {};
}
