import type { X509Certificate } from 'node:crypto';
import type { NamedFile } from '../auth/pem-file.ts';
import { rootCause } from '../logging/root-cause.ts';
import { findingsIn, type Finding } from './finding.ts';
import { isReadableByAll } from '../auth/static-tokens.ts';

const { ok, warning, problem } = findingsIn('certificates');

export const dayMs = 86_400_000;
/** Time enough to renew a certificate by hand. */
const expiresSoonMs = 30 * dayMs;

/** Tells of the dates of a certificate. */
export function dateOf({ setting, path }: NamedFile, certificate: X509Certificate, now: Date, advice: string): Finding {
  const subject = certificate.subject.replaceAll('\n', ', ') || 'without a subject';
  const what = `${setting}: the certificate in ${path} (${subject})`;
  const until = new Date(certificate.validTo);
  const day = until.toISOString().slice(0, 10);
  if (now < new Date(certificate.validFrom)) {
    return problem(`${what} is not valid yet`, 'Check the clocks of this machine and of its issuer.');
  }
  if (now > until) return problem(`${what} expired on ${day}`, advice);
  const days = Math.floor((until.getTime() - now.getTime()) / dayMs);
  if (until.getTime() - now.getTime() < expiresSoonMs)
    return warning(`${what} expires in ${days} days, on ${day}`, advice);
  return ok(`${what} is valid until ${day}`);
}

/** Tells of a key that others can read. */
export async function openKey({ setting, path }: NamedFile): Promise<Finding[]> {
  return (await isReadableByAll(path))
    ? [
        warning(
          `${setting}: every user of this machine can read ${path}`,
          `Let only the service read it: chmod 640 ${path}`,
        ),
      ]
    : [];
}

/** Tells of a file that the service cannot use. */
export function unusable(error: unknown): Finding {
  return problem(rootCause(error), 'The service does not start like this.');
}
