import { z } from 'zod';
import { OidcIssuer } from '../auth/oidc-issuer.ts';
import { systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { MusterError } from '../domain/errors.ts';
import { createLog } from '../log.ts';
import { findingsIn, type Finding } from './finding.ts';

const { ok, problem } = findingsIn('issuer');

const logLine = z.object({ error: z.string() });

/** Asks the OpenID Connect issuer, where there is one, for its keys, as the service does. */
export async function examineIssuer({ oidcIssuer }: Pick<Config, 'oidcIssuer'>): Promise<Finding[]> {
  if (oidcIssuer === undefined) return [ok('not used: MUSTER_OIDC_ISSUER is not set')];
  const reasons: string[] = [];
  const log = createLog('warn', {
    stream: {
      write(line) {
        const read = logLine.safeParse(JSON.parse(line));
        if (read.success) reasons.push(read.data.error);
      },
    },
  });
  try {
    // No issuer has this key; that it says so shows that it could be asked.
    await new OidcIssuer(oidcIssuer, { clock: systemClock, log }).findKey({ alg: 'RS256', kid: 'muster-doctor' });
  } catch (error) {
    if (error instanceof MusterError) {
      return [
        problem(
          `${oidcIssuer} cannot be asked for its keys: ${reasons.join('; ') || error.message}`,
          'Check that MUSTER_OIDC_ISSUER is the issuer exactly as it names itself, and that this machine may reach it and trusts its certificate (NODE_EXTRA_CA_CERTS). Until then nobody who logs in there gets in.',
        ),
      ];
    }
  }
  return [ok(`${oidcIssuer} publishes its keys`)];
}
