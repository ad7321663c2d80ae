import { z } from 'zod';
import { OidcIssuer } from '../auth/oidc-issuer.ts';
import { isReadableByAll } from '../auth/static-tokens.ts';
import { readClientSecret } from '../auth/token-exchange.ts';
import { systemClock } from '../time/clock.ts';
import type { Config } from '../config/config.ts';
import { MusterError } from '../domain/errors.ts';
import { createLog } from '../logging/log.ts';
import { rootCause } from '../logging/root-cause.ts';
import { findingsIn, type Finding } from './finding.ts';

const { ok, warning, problem } = findingsIn('issuer');

type Settings = Pick<Config, 'oidcIssuer' | 'oidcClientId' | 'oidcClientSecretFile'>;

const logLine = z.object({ error: z.string() });

/** Asks the OpenID Connect issuer, where there is one, for its keys, as the service does, and looks how people log in there. */
export async function examineIssuer(config: Settings): Promise<Finding[]> {
  const { oidcIssuer: url } = config;
  if (url === undefined) return [ok('not used: MUSTER_OIDC_ISSUER is not set')];
  return [...(await examineKeys(url)), ...(await examineSecret(config))];
}

async function examineKeys(url: string): Promise<Finding[]> {
  const reasons: string[] = [];
  const log = createLog('warn', {
    stream: {
      write(line) {
        const read = logLine.safeParse(JSON.parse(line));
        if (read.success) reasons.push(read.data.error);
      },
    },
  });
  const issuer = new OidcIssuer(url, { clock: systemClock, log });
  try {
    // No issuer has this key; that it says so shows that it could be asked.
    await issuer.findKey({ alg: 'RS256', kid: 'muster-doctor' });
  } catch (error) {
    if (error instanceof MusterError) {
      return [
        problem(
          `${url} cannot be asked for its keys: ${reasons.join('; ') || error.message}`,
          'Check that MUSTER_OIDC_ISSUER is the issuer exactly as it names itself, and that this machine may reach it and trusts its certificate (NODE_EXTRA_CA_CERTS). Until then nobody who logs in there gets in.',
        ),
      ];
    }
  }
  const published = ok(`${url} publishes its keys`);
  if ((await issuer.tokenEndpoint()) !== undefined) return [published];
  return [
    published,
    warning(
      `${url} names no token endpoint that can be used`,
      'Tokens that people bring are accepted; flightctl login --web and muster login cannot get any there.',
    ),
  ];
}

async function examineSecret({ oidcClientId: client, oidcClientSecretFile: path }: Settings): Promise<Finding[]> {
  if (path === undefined) return [];
  try {
    await readClientSecret({ setting: 'MUSTER_OIDC_CLIENT_SECRET_FILE', path });
    if (!(await isReadableByAll(path))) return [ok(`the secret of the client ${client ?? ''} can be read`)];
    return [
      warning(
        `MUSTER_OIDC_CLIENT_SECRET_FILE: every user of this machine can read ${path}`,
        `Let only the service read it: chmod o-r ${path}`,
      ),
    ];
  } catch (error) {
    return [problem(rootCause(error), 'The service does not start like this.')];
  }
}
