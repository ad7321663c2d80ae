import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { userConfigDirectory } from '../client-variables.ts';
import { CliError } from '../../client/failures.ts';

const credentialSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('static'), token: z.string() }),
  z.object({
    kind: z.literal('oidc'),
    token: z.string(),
    expiresAt: z.iso.datetime().optional(),
    refreshToken: z.string().optional(),
    issuer: z.string(),
    clientId: z.string(),
    audience: z.string(),
  }),
]);

/** Login that `muster login` keeps for a server. */
export type StoredCredential = z.infer<typeof credentialSchema>;

const fileSchema = z.object({ servers: z.record(z.string(), credentialSchema) });
type Contents = z.infer<typeof fileSchema>;

/** Path of the file of logins, which is for this user alone. */
function credentialsPath(): string {
  return join(userConfigDirectory(), 'muster', 'credentials.json');
}

export async function readCredential(server: string): Promise<StoredCredential | undefined> {
  return (await readContents()).servers[server];
}

/** Keeps a login, or forgets it. @returns what was kept before */
export async function storeCredential(
  server: string,
  credential: StoredCredential | undefined,
): Promise<StoredCredential | undefined> {
  const { servers } = await readContents();
  const { [server]: before, ...others } = servers;
  const kept = credential === undefined ? others : { ...others, [server]: credential };
  const path = credentialsPath();
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // Whole or not at all, and never readable by others, not for a moment.
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify({ servers: kept } satisfies Contents, undefined, 2)}\n`, { mode: 0o600 });
  await rename(draft, path);
  return before;
}

async function readContents(): Promise<Contents> {
  const path = credentialsPath();
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { servers: {} };
    throw error;
  }
  const parsed = fileSchema.safeParse(parseJson(text));
  if (!parsed.success) throw new CliError(`${path} cannot be read: remove it, and log in again`);
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
