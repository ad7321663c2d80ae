import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { roleNames, type Role } from '../domain/access/roles.ts';
import { describeProblems } from '../domain/resources/zod-problem.ts';
import { readNamedFile, type NamedFile } from './pem-file.ts';

/** Random bytes of a token: too many to be guessed, so that a plain hash of it is enough to keep. */
const tokenBytes = 32;

const roleSchema = z.enum(roleNames, { error: `expected a role: ${roleNames.join(', ')}` });

/** A valid token name. */
export const tokenNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][\w.@/-]{0,99}$/, 'expected letters, digits and . _ - @ /, at most 100 of them');

const entrySchema = z
  .strictObject({
    name: tokenNameSchema,
    role: roleSchema.optional(),
    roles: z.array(roleSchema).min(1).optional(),
    sha256: z.string().regex(/^[0-9A-Fa-f]{64}$/, 'expected the SHA-256 of the token in 64 hexadecimal digits'),
    expires: z
      .union([z.iso.datetime({ offset: true }), z.iso.date()], { error: 'expected a time or a day' })
      .optional(),
  })
  .refine(({ role, roles }) => (role === undefined) !== (roles === undefined), {
    error: 'expected either role or roles',
  });

const entriesSchema = z.array(entrySchema).superRefine((entries, context) => {
  const seen = new Set<string>();
  for (const [index, { sha256 }] of entries.entries()) {
    if (seen.has(sha256.toLowerCase())) {
      context.addIssue({ code: 'custom', path: [index, 'sha256'], message: 'expected each token once' });
    }
    seen.add(sha256.toLowerCase());
  }
});

/** A token as the file has it. Two of one name let a token be replaced without a gap. */
export type StaticToken = {
  readonly name: string;
  readonly roles: readonly Role[];
  readonly sha256: Buffer;
  /** Time from which it is refused. */
  readonly expiresAt: Date | undefined;
};

/**
 * Reads the file of static tokens: a list in YAML or JSON.
 *
 * @throws Error naming the setting and what is wrong; what the file holds is not repeated
 */
export async function readStaticTokens(file: NamedFile): Promise<readonly StaticToken[]> {
  const text = await readNamedFile(file);
  const parsed = entriesSchema.safeParse(parseList(file, text));
  if (!parsed.success) {
    throw new Error(`${file.setting}: ${file.path}: ${describeProblems(parsed.error, 'the list of tokens')}`);
  }
  return parsed.data.map(({ name, role, roles, sha256, expires }) => ({
    name,
    roles: roles ?? (role === undefined ? [] : [role]),
    sha256: Buffer.from(sha256, 'hex'),
    expiresAt: expires === undefined ? undefined : new Date(expires),
  }));
}

function parseList({ setting, path }: NamedFile, text: string): unknown {
  try {
    // Without the core schema a time would become a Date, and a checksum of digits a number.
    return parse(text, { schema: 'failsafe', prettyErrors: false }) ?? [];
  } catch {
    throw new Error(`${setting}: ${path}: expected a list of tokens in YAML or JSON`);
  }
}

/** Tells if anybody on the machine may read a file. */
export async function isReadableByAll(path: string): Promise<boolean> {
  return ((await stat(path)).mode & 0o004) !== 0;
}

/** The token that a text is, if it is one. Every entry is compared, and each in the same time whatever it holds. */
export function findStaticToken(tokens: readonly StaticToken[], text: string): StaticToken | undefined {
  const hash = hashOfToken(text);
  let found: StaticToken | undefined;
  for (const token of tokens) {
    if (timingSafeEqual(token.sha256, hash)) found = token;
  }
  return found;
}

/** A new token, which nobody can guess. */
export function createStaticToken(): string {
  return `muster_${randomBytes(tokenBytes).toString('base64url')}`;
}

/** A token as it is kept. */
export function hashOfToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
