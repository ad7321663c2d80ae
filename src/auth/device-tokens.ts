import { createPublicKey, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, errors, exportJWK, jwtVerify, SignJWT } from 'jose';
import { resourceNameSchema } from '../domain/resources/object-meta.ts';
import { pemBlocks, readNamedFile, type NamedFile } from './pem-file.ts';

/** Audience of device tokens: no other service may take one for its own, nor this service one of another. */
const deviceTokenAudience = 'muster-agent';
const algorithm = 'EdDSA';
/** Largest difference between the clocks of issuer and checker. */
const clockToleranceSeconds = 10;

/** Reasons for refusing a token, in words for its holder. */
type TokenFault =
  | 'is not signed with a key that is trusted here'
  | 'is not for this service (audience muster-agent)'
  | 'has expired'
  | 'is not valid yet'
  | 'does not name a device (claim sub)'
  | 'is malformed';

export type TokenKeys = readonly KeyObject[];

/** Reads public keys. @throws Error naming the setting if there is none, or one that is not Ed25519 */
export async function readTokenKeys(file: NamedFile): Promise<TokenKeys> {
  const text = await readNamedFile(file);
  if (pemBlocks(text, 'PRIVATE KEY').length > 0) {
    throw new Error(
      `${file.setting}: ${file.path} holds a private key: expected public keys only, the private one stays where tokens are issued`,
    );
  }
  const keys = pemBlocks(text, 'PUBLIC KEY').map((pem) => publicKeyIn(file, pem));
  if (keys.length === 0)
    throw new Error(`${file.setting}: expected at least one public key in PEM form in ${file.path}`);
  for (const { asymmetricKeyType } of keys) {
    if (asymmetricKeyType !== 'ed25519') {
      throw new Error(
        `${file.setting}: expected Ed25519 keys in ${file.path}, found ${asymmetricKeyType ?? 'another'}`,
      );
    }
  }
  return keys;
}

function publicKeyIn({ setting, path }: NamedFile, pem: string): KeyObject {
  try {
    return createPublicKey(pem);
  } catch (error) {
    throw new Error(`${setting}: ${path} holds a public key that cannot be read`, { cause: error });
  }
}

/**
 * A token by which a device says who it is (JSON Web Token, RFC 7519, signed with Ed25519 after RFC 8037). Nothing about it is
 * stored by the service, so it outlives every restore.
 *
 * @param key an Ed25519 private key
 * @param lifetimeSeconds without it the token has no end
 */
export async function issueDeviceToken(
  device: string,
  { key, now, lifetimeSeconds }: { key: KeyObject; now: Date; lifetimeSeconds?: number | undefined },
): Promise<string> {
  const issuedAt = Math.floor(now.getTime() / 1_000);
  const kid = await calculateJwkThumbprint(await exportJWK(createPublicKey(key)));
  const token = new SignJWT()
    .setProtectedHeader({ alg: algorithm, typ: 'JWT', kid })
    .setSubject(device)
    .setAudience(deviceTokenAudience)
    .setIssuedAt(issuedAt);
  if (lifetimeSeconds !== undefined) token.setExpirationTime(issuedAt + Math.ceil(lifetimeSeconds));
  return await token.sign(key);
}

/** Checks a token with each key. @returns the name of the device, and until when that holds; or what is wrong */
export async function readDeviceToken(
  token: string,
  { keys, now }: { keys: TokenKeys; now: Date },
): Promise<{ readonly device: string; readonly expiresAt: Date | undefined } | { readonly fault: TokenFault }> {
  let fault: TokenFault = 'is not signed with a key that is trusted here';
  for (const key of keys) {
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: [algorithm],
        audience: deviceTokenAudience,
        currentDate: now,
        clockTolerance: clockToleranceSeconds,
      });
      const device = resourceNameSchema.safeParse(payload.sub);
      if (!device.success) return { fault: 'does not name a device (claim sub)' };
      const expiresAt = payload.exp === undefined ? undefined : new Date((payload.exp + clockToleranceSeconds) * 1_000);
      return { device: device.data, expiresAt };
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
      fault = faultOf(error);
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) return { fault };
    }
  }
  return { fault };
}

function faultOf(error: errors.JOSEError): TokenFault {
  if (error instanceof errors.JWTExpired) return 'has expired';
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'aud') return 'is not for this service (audience muster-agent)';
    return error.claim === 'nbf' ? 'is not valid yet' : 'is malformed';
  }
  const isForeign = error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JOSEAlgNotAllowed;
  return isForeign ? 'is not signed with a key that is trusted here' : 'is malformed';
}
