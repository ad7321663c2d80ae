import { lstat, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CliError } from '../../client/failures.ts';
import type { PemIdentity } from './trial-authority.ts';

/** File modes: a secret is for its owner to read, anything else for anybody. */
const secretMode = 0o600;
const publicMode = 0o644;

/** A file to write. */
type TrialFile = { readonly path: string; readonly text: string; readonly secret: boolean };

/** Paths of the files of a trial. */
export const trialPaths = (directory: string) => ({
  authority: identityPaths(join(directory, 'ca')),
  server: identityPaths(join(directory, 'server')),
  deviceAuthority: identityPaths(join(directory, 'device-ca')),
  /** Certificates of every authority that issues to devices. */
  clientAuthorities: join(directory, 'client-ca.crt'),
  enrollment: identityPaths(join(directory, 'agent', 'enrollment')),
  agentConfig: join(directory, 'agent', 'config.yaml'),
  tokenKey: join(directory, 'device-token.key'),
  tokenPublicKey: join(directory, 'device-token.pub'),
  device: (name: string) => identityPaths(join(directory, 'devices', name)),
});

/** Paths of a certificate and its key. */
export function identityPaths(stem: string): { readonly certificate: string; readonly key: string } {
  return { certificate: `${stem}.crt`, key: `${stem}.key` };
}

/** A certificate and its key as files. */
export function identityFiles(
  paths: { readonly certificate: string; readonly key: string },
  { certificate, key }: PemIdentity,
): TrialFile[] {
  return [
    { path: paths.certificate, text: certificate, secret: false },
    { path: paths.key, text: key, secret: true },
  ];
}

/** Writes files, with the directories that they need. @throws CliError if one is there already: then none is written */
export async function writeNewFiles(files: readonly TrialFile[]): Promise<void> {
  await requireNone(files.map(({ path }) => path));
  for (const { path, text, secret } of files) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { flag: 'wx', mode: secret ? secretMode : publicMode });
  }
}

/** @throws CliError naming those files that are there */
export async function requireNone(paths: readonly string[]): Promise<void> {
  const there: string[] = [];
  for (const path of paths) if (await exists(path)) there.push(path);
  if (there.length === 0) return;
  throw new CliError(
    `${there.join(', ')} ${there.length === 1 ? 'exists' : 'exist'} already, and nothing is overwritten`,
  );
}

/** Reads a certificate and its key. @throws CliError with what to do if they are not there */
export async function readIdentity(
  paths: { readonly certificate: string; readonly key: string },
  advice: string,
): Promise<PemIdentity> {
  const [certificate, key] = await Promise.all([readText(paths.certificate, advice), readText(paths.key, advice)]);
  return { certificate, key };
}

/** Reads a file that a person has named. @throws CliError saying why it cannot be read, and what to do */
export async function readText(path: string, advice: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const why = isMissing ? 'there is no such file' : error instanceof Error ? error.message : String(error);
    throw new CliError(`cannot read ${path}: ${why}; ${advice}`);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}
