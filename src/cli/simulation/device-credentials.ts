import { join } from 'node:path';
import { issueDeviceToken } from '../../auth/device-tokens.ts';
import type { DeviceCredential } from '../../simulator/device-credential.ts';
import { identityPaths, readIdentity } from '../pki/trial-files.ts';
import { readTokenKey } from '../pki/token-key.ts';

/** Source of the credentials of simulated devices. */
type CredentialSource = {
  /** Has a certificate and a key for each, as `NAME.crt` and `NAME.key`. */
  readonly certificates?: string | undefined;
  /** File with the key that signs tokens for them. */
  readonly tokenKey?: string | undefined;
  /** For how long the tokens are to hold, in seconds. */
  readonly lifetimeSeconds: number;
};

/** A credential for each device, in their order; undefined for all if there is no source. @throws CliError for what cannot be read */
export async function deviceCredentials(
  names: readonly string[],
  { certificates, tokenKey, lifetimeSeconds }: CredentialSource,
): Promise<readonly (DeviceCredential | undefined)[]> {
  if (certificates !== undefined) return await eachOf(names, (name) => certificateOf(certificates, name));
  if (tokenKey === undefined) return names.map(() => undefined);
  const key = await readTokenKey(tokenKey);
  const now = new Date();
  return await eachOf(names, async (name) => ({
    kind: 'token',
    token: await issueDeviceToken(name, { key, now, lifetimeSeconds }),
  }));
}

async function certificateOf(directory: string, name: string): Promise<DeviceCredential> {
  const paths = identityPaths(join(directory, name));
  return { kind: 'certificate', ...(await readIdentity(paths, `muster pki device ${name} makes it`)) };
}

/** One after the other: there may be more devices than files that may be open. */
async function eachOf<Made>(names: readonly string[], make: (name: string) => Promise<Made>): Promise<Made[]> {
  const made: Made[] = [];
  for (const name of names) made.push(await make(name));
  return made;
}
