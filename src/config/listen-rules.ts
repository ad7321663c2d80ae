/** Part of the configuration that says where the listeners are, who may talk to them, and how. */
type GuardSettings = {
  readonly apiTlsCert?: string | undefined;
  readonly apiTlsKey?: string | undefined;
  readonly oidcIssuer?: string | undefined;
  readonly oidcAudience?: string | undefined;
  readonly oidcClientId?: string | undefined;
  readonly oidcClientSecretFile?: string | undefined;
  readonly tokensFile?: string | undefined;
  readonly agentTlsCert?: string | undefined;
  readonly agentTlsKey?: string | undefined;
  readonly agentClientCa?: string | undefined;
  readonly deviceTokenKeys?: string | undefined;
  readonly deviceCaCert?: string | undefined;
  readonly deviceCaKey?: string | undefined;
  readonly forwardedCertHeader?: string | undefined;
  readonly trustedProxies: readonly string[];
};

/** Tells if administrators have to authenticate. */
export function isApiAuthenticated({
  oidcIssuer,
  tokensFile,
}: Pick<GuardSettings, 'oidcIssuer' | 'tokensFile'>): boolean {
  return oidcIssuer !== undefined || tokensFile !== undefined;
}

/** Tells if devices have to authenticate. */
export function isAgentAuthenticated({ agentClientCa, deviceTokenKeys, forwardedCertHeader }: GuardSettings): boolean {
  return agentClientCa !== undefined || deviceTokenKeys !== undefined || forwardedCertHeader !== undefined;
}

/** Settings that make no sense without each other: what is wrong with them, each with what was expected. */
export function contradictionsIn(settings: GuardSettings): string[] {
  const problems: string[] = [];
  const together = (set: unknown, missing: unknown, problem: string) => {
    if (set !== undefined && missing === undefined) problems.push(problem);
  };
  const { apiTlsCert, apiTlsKey, agentTlsCert, agentTlsKey, agentClientCa, forwardedCertHeader } = settings;
  together(apiTlsCert, apiTlsKey, 'MUSTER_API_TLS_KEY: expected the key of the certificate in MUSTER_API_TLS_CERT');
  together(apiTlsKey, apiTlsCert, 'MUSTER_API_TLS_CERT: expected the certificate of the key in MUSTER_API_TLS_KEY');
  together(
    agentTlsCert,
    agentTlsKey,
    'MUSTER_AGENT_TLS_KEY: expected the key of the certificate in MUSTER_AGENT_TLS_CERT',
  );
  together(
    agentTlsKey,
    agentTlsCert,
    'MUSTER_AGENT_TLS_CERT: expected the certificate of the key in MUSTER_AGENT_TLS_KEY',
  );
  together(
    agentClientCa,
    agentTlsCert ?? forwardedCertHeader,
    'MUSTER_AGENT_CLIENT_CA: devices can show certificates only over TLS (MUSTER_AGENT_TLS_CERT), or to a proxy that hands them on (MUSTER_FORWARDED_CERT_HEADER)',
  );
  together(
    forwardedCertHeader,
    agentClientCa,
    'MUSTER_AGENT_CLIENT_CA: expected the authorities that certificates in MUSTER_FORWARDED_CERT_HEADER are checked with',
  );
  together(
    forwardedCertHeader,
    settings.trustedProxies[0],
    'MUSTER_TRUSTED_PROXIES: expected the addresses from which MUSTER_FORWARDED_CERT_HEADER is trusted',
  );
  const { deviceCaCert, deviceCaKey } = settings;
  together(deviceCaCert, deviceCaKey, 'MUSTER_DEVICE_CA_KEY: expected the key of the CA in MUSTER_DEVICE_CA_CERT');
  together(
    deviceCaKey,
    deviceCaCert,
    'MUSTER_DEVICE_CA_CERT: expected the certificate of the key in MUSTER_DEVICE_CA_KEY',
  );
  const { oidcIssuer, oidcAudience, oidcClientId } = settings;
  together(
    oidcIssuer,
    oidcAudience ?? oidcClientId,
    'MUSTER_OIDC_AUDIENCE: expected the audience that tokens of MUSTER_OIDC_ISSUER must be for, or MUSTER_OIDC_CLIENT_ID if that is the audience',
  );
  together(oidcAudience, oidcIssuer, 'MUSTER_OIDC_ISSUER: expected the issuer of tokens for MUSTER_OIDC_AUDIENCE');
  together(oidcClientId, oidcIssuer, 'MUSTER_OIDC_ISSUER: expected the issuer that knows MUSTER_OIDC_CLIENT_ID');
  together(
    settings.oidcClientSecretFile,
    oidcClientId,
    'MUSTER_OIDC_CLIENT_ID: expected the client whose secret is in MUSTER_OIDC_CLIENT_SECRET_FILE',
  );
  return problems;
}

/** A listener as the rule about addresses sees it. */
type GuardedListener = {
  /** Host of its address. */
  readonly host: string;
  /** The settings that name the address, make it speak TLS, and make it ask who is there. */
  readonly names: { readonly listen: string; readonly tls: string; readonly authentication: string };
  readonly hasTls: boolean;
  readonly isAuthenticated: boolean;
};

type Address = { readonly host: string };

/** Both listeners, as they are configured. */
export function guardedListeners(
  settings: GuardSettings & { readonly apiListen: Address; readonly agentListen: Address },
): readonly GuardedListener[] {
  return [
    {
      host: settings.apiListen.host,
      names: {
        listen: 'MUSTER_API_LISTEN',
        tls: 'MUSTER_API_TLS_CERT and MUSTER_API_TLS_KEY',
        authentication: 'MUSTER_OIDC_ISSUER or MUSTER_TOKENS_FILE',
      },
      hasTls: settings.apiTlsCert !== undefined,
      isAuthenticated: isApiAuthenticated(settings),
    },
    {
      host: settings.agentListen.host,
      names: {
        listen: 'MUSTER_AGENT_LISTEN',
        tls: 'MUSTER_AGENT_TLS_CERT and MUSTER_AGENT_TLS_KEY',
        authentication: 'MUSTER_AGENT_CLIENT_CA or MUSTER_DEVICE_TOKEN_KEYS',
      },
      hasTls: settings.agentTlsCert !== undefined,
      isAuthenticated: isAgentAuthenticated(settings),
    },
  ];
}

/**
 * Beyond loopback a listener needs both: authentication, for specs are for those they are meant for, and TLS, for tokens and
 * specs are for nobody on the way.
 *
 * @throws Error saying which settings are missing
 */
export function requireGuard({ host, names, hasTls, isAuthenticated }: GuardedListener): void {
  if ((hasTls && isAuthenticated) || isLoopback(host)) return;
  const missing = [...(isAuthenticated ? [] : [names.authentication]), ...(hasTls ? [] : [names.tls])];
  throw new Error(
    `${names.listen}: ${host} is no loopback address. Beyond loopback a listener needs authentication and TLS: set ${missing.join(', and ')}; or listen on 127.0.0.1.`,
  );
}

/** Tells if a host is certainly this machine itself. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Tells if a URL certainly names this machine itself. */
export function isLoopbackUrl({ hostname }: URL): boolean {
  return isLoopback(hostname.replaceAll(/[[\]]/g, ''));
}
