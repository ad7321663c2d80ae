import { hash } from 'node:crypto';

/**
 * Digest of a stored status, by which a status that says the same is known without its being read. The time at which it
 * was stored is part of it: a program that stores a status and knows nothing of digests changes that time, and the digest
 * that it leaves behind fits no more.
 *
 * @param text the status as JSON
 */
export function statusDigest(text: string, storedAt: Date): string {
  return hash('sha256', `${storedAt.getTime()} ${text}`, 'base64');
}
