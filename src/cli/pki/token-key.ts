import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { CliError } from '../../client/failures.ts';
import { readText } from './trial-files.ts';

/** A new pair of Ed25519 keys for device tokens, in PEM form. */
export function newTokenKeys(): { readonly privateKey: string; readonly publicKey: string } {
  return generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
}

/** Reads the key that signs device tokens. @throws CliError if it is none */
export async function readTokenKey(path: string): Promise<KeyObject> {
  const text = await readText(path, 'muster pki token-key makes one');
  const key = privateKeyIn(text);
  if (key?.asymmetricKeyType === 'ed25519') return key;
  throw new CliError(`${path}: expected an Ed25519 private key in PEM form, as muster pki token-key makes one`);
}

function privateKeyIn(text: string): KeyObject | undefined {
  try {
    return createPrivateKey(text);
  } catch {
    // Whatever it is, it is no private key.
    return undefined;
  }
}
