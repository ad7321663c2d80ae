import { z } from 'zod';
import { addressRange } from './address-ranges.ts';
import { parseRoleMapping } from '../domain/access/role-mapping.ts';
import { roleNames } from '../domain/access/roles.ts';
import { isLoopbackUrl } from './listen-rules.ts';
import { quoted } from '../domain/quoted.ts';
import { parseDuration } from '../time/duration.ts';

/** Forms that settings are written in: the schemas that the table of settings (config.ts) is made of. */

/** Past this a timer of Node's runs at once (2^31 ms are 24.8 days). */
const maxMs = 20 * 24 * 3_600_000;

/** Milliseconds from `90s`, `2m`, `500ms`, `1h` or a bare number of seconds. */
export const durationMs = (defaultText: string, atLeastMs = 0) =>
  z
    .string()
    .default(defaultText)
    .transform((text, issues) => {
      const ms = parseDuration(text.trim(), ['ms', 's', 'm', 'h'], 's');
      if (!(ms >= atLeastMs && ms <= maxMs)) {
        issues.addIssue(
          `expected a duration such as 90s, 2m or 500ms, at least ${atLeastMs} ms and at most ${maxMs / 3_600_000} h; found ${quoted(text)}`,
        );
        return z.NEVER;
      }
      return ms;
    });

const dayMs = 86_400_000;
/** A hundred years: what is kept longer is kept for ever. */
const maxKeepMs = 36_500 * dayMs;

/** Milliseconds for which something is kept, from `90d`, `12h` or `30m`; undefined for `forever` and `0`. */
export const keepMs = (defaultText: string, atLeast: string) =>
  z
    .string()
    .default(defaultText)
    .transform((text, issues) => {
      const trimmed = text.trim();
      if (trimmed === 'forever' || trimmed === '0') return undefined;
      const ms = parseDuration(trimmed, ['m', 'h', 'd']);
      if (ms >= parseDuration(atLeast, ['h', 'd']) && ms <= maxKeepMs) return ms;
      issues.addIssue(
        `expected a time such as 90d or 12h, at least ${atLeast} and at most ${maxKeepMs / dayMs}d, or forever; found ${quoted(text)}`,
      );
      return z.NEVER;
    });

export const wholeNumber = (defaultValue: number, least: number, most: number) =>
  z.coerce
    .number({ error: `expected a whole number from ${least} to ${most}` })
    .int()
    .min(least)
    .max(most)
    .default(defaultValue);

export const flag = (defaultValue: boolean) =>
  z
    .enum(['true', 'false', '1', '0'], { error: 'expected true or false' })
    .default(defaultValue ? 'true' : 'false')
    .transform((text) => text === 'true' || text === '1');

export const url = (...schemes: string[]) =>
  z.string().refine((text) => URL.canParse(text) && schemes.includes(new URL(text).protocol.slice(0, -1)), {
    error: `expected a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
  });

export const listen = (defaultText: string) =>
  z
    .string()
    .default(defaultText)
    .transform((text, issues) => {
      const match = /^(?:\[([0-9a-fA-F:]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
      const host = match?.[1] ?? match?.[2];
      const port = Number(match?.[3]);
      if (host === undefined || port > 65_535) {
        issues.addIssue(`expected HOST:PORT such as 127.0.0.1:3443 (port 0 picks a free one), found ${quoted(text)}`);
        return z.NEVER;
      }
      return { host, port };
    });

export const file = z.string().min(1).optional();

export const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~\w-]+$/, 'expected the name of a header, such as X-Forwarded-Client-Cert')
  .transform((name) => name.toLowerCase())
  .optional();

export const addressRanges = z
  .string()
  .default('')
  .transform((text, issues) => {
    const ranges = text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
    // Of many that are wrong, the first tells enough.
    const wrong = ranges.find((range) => addressRange(range) === undefined);
    if (wrong !== undefined) {
      issues.addIssue(
        `expected addresses or ranges such as 10.0.0.7, 10.1.0.0/16 or fd00::/8 with commas between them, found ${quoted(wrong)}`,
      );
    }
    return ranges;
  });

/** Without TLS it could be anybody who answers; on loopback it is this machine, as in a trial. */
function isSecure(address: URL): boolean {
  return address.protocol === 'https:' || (address.protocol === 'http:' && isLoopbackUrl(address));
}

export const issuerUrl = z
  .string()
  .refine(
    (text) => {
      const issuer = URL.canParse(text) ? new URL(text) : undefined;
      return issuer !== undefined && issuer.search === '' && issuer.hash === '' && isSecure(issuer);
    },
    { error: 'expected a URL that starts with https:// (http:// on loopback only), without query or fragment' },
  )
  .optional();

/** A URL that specs, and the secrets in them, may be sent to. */
export const secureUrl = z.string().refine(
  (text) => {
    const address = URL.canParse(text) ? new URL(text) : undefined;
    return address !== undefined && address.username === '' && address.password === '' && isSecure(address);
  },
  { error: 'expected a URL that starts with https:// (http:// on loopback only), without a user' },
);

export const claimName = (defaultName: string) => z.string().min(1).max(200).default(defaultName);

export const oidcRoles = z
  .string()
  .default(roleNames.map((role) => `muster-${role}=${role}`).join(','))
  .transform((text, issues) => {
    const parsed = parseRoleMapping(text);
    if (parsed.ok) return parsed.mapping;
    issues.addIssue(parsed.problem);
    return z.NEVER;
  });

export const notice = z.enum(['declare', 'warn', 'off'], { error: 'expected declare, warn or off' }).default('declare');

/** Words that are parts of keys, with commas between them. */
export const keyWords = (defaultWords: readonly string[]) =>
  z
    .string()
    .default(defaultWords.join(','))
    .transform((text) => text.split(',').map((word) => word.trim()))
    .refine((words) => words.every((word) => /[^\s._-]/.test(word)), {
      error: 'expected words such as password,token with commas between them',
    });
