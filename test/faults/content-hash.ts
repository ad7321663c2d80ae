import { createHash } from 'node:crypto';

/** SHA-256 of a JSON value with its keys sorted: what a device makes of the spec it holds, without asking Muster's code. */
export function contentHash(value: unknown): string {
  return createHash('sha256').update(sorted(value), 'utf8').digest('hex');
}

function sorted(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sorted).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const keys = Object.keys(value).toSorted((left, right) => (left < right ? -1 : 1));
  const members = new Map<string, unknown>(Object.entries(value));
  return `{${keys.map((key) => `${JSON.stringify(key)}:${sorted(members.get(key))}`).join(',')}}`;
}
