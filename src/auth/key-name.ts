import { createHash, type KeyObject } from 'node:crypto';

const digits = '0123456789abcdefghijklmnopqrstuv';

/**
 * The name that Flight Control's agent derives from its key: SHA-256 over both coordinates of an EC P-256 public key, each
 * without leading zeros, in lower-case base32hex (RFC 4648, section 7) without padding. Undefined for other keys.
 */
export function nameOfKey(key: KeyObject): string | undefined {
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') return undefined;
  const { x, y } = key.export({ format: 'jwk' });
  if (x === undefined || y === undefined) return undefined;
  const hash = createHash('sha256').update(coordinate(x)).update(coordinate(y));
  return base32hex(hash.digest());
}

function coordinate(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64url');
  const first = bytes.findIndex((byte) => byte !== 0);
  return bytes.subarray(first === -1 ? bytes.length : first);
}

function base32hex(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => digits[Number.parseInt(group.padEnd(5, '0'), 2)] ?? '').join('');
}
