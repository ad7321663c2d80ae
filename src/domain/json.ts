import { badRequest } from './errors.ts';

export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
export type JsonObject = { readonly [key: string]: JsonValue };

/**
 * Most levels of nested objects and arrays in documents that Muster hashes, compares or renders. The outermost counts as
 * one. Real specs need about ten; the limit keeps recursion far from the end of the stack.
 */
export const maxJsonDepth = 100;

/**
 * The canonical text of a JSON value: keys sorted by UTF-16 code unit, no whitespace, scalars as `JSON.stringify` writes
 * them. Undefined properties are left out, as there.
 *
 * @throws MusterError 400 if the value is nested deeper than {@link maxJsonDepth}
 */
export function canonicalJson(value: JsonValue): string {
  return serialize(value, 1);
}

/** True if two JSON values differ; the order of keys does not matter. An absent value counts as null. */
export function differs(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  return canonicalJson(left ?? null) !== canonicalJson(right ?? null);
}

function serialize(value: JsonValue, depth: number): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (depth > maxJsonDepth) throw badRequest(`JSON is nested more than ${maxJsonDepth} levels deep`);
  if (Array.isArray(value)) return `[${value.map((item) => serialize(item, depth + 1)).join(',')}]`;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${serialize(member, depth + 1)}`);
  return `{${members.join(',')}}`;
}
