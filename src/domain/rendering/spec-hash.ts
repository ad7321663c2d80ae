import { createHash } from 'node:crypto';
import { canonicalJson } from '../json.ts';
import type { JsonObject } from '../json.ts';

/**
 * Identity of a spec: the SHA-256 of its canonical JSON, in lower-case hexadecimal. Specs that differ only in the order of
 * their keys have the same hash.
 *
 * @throws MusterError 400 if the spec is nested too deep to have a canonical JSON
 */
export function specHash(spec: JsonObject): string {
  return createHash('sha256').update(canonicalJson(spec), 'utf8').digest('hex');
}
