import { badRequest } from '../errors.ts';
import { maxJsonDepth, type JsonObject } from '../json.ts';
import { formatPath } from './document-path.ts';

/** A value that is still to be checked, and the way to it; the path is built only for a message. */
type Visit = {
  readonly value: unknown;
  readonly key: PropertyKey;
  readonly parent: Visit | null;
  readonly depth: number;
};

/** Characters that Postgres cannot store in `text` or `jsonb`: NUL, and halves of surrogate pairs. */
const unstorable = /\0|\p{Surrogate}/u;

/**
 * Checks that Postgres can store a JSON document and returns the same one: no NUL or lone surrogate in any string or key,
 * no number that JSON cannot express, no value that is not JSON, at most {@link maxJsonDepth} levels. It is iterative, so
 * untrusted documents pass it before any recursive code.
 *
 * @throws MusterError 400 that names the path
 */
export function assertStorable(value: unknown): void {
  const pending: Visit[] = [{ value, key: '', parent: null, depth: 0 }];
  for (let visit = pending.pop(); visit !== undefined; visit = pending.pop()) {
    const { value: current } = visit;
    if (typeof current === 'object' && current !== null) {
      pushMembers(current, visit, pending);
    } else {
      const problem = scalarProblem(current);
      if (problem !== null) throw refusal(visit, problem);
    }
  }
}

/**
 * Narrows an object to JSON that can be stored.
 *
 * @throws MusterError 400 as {@link assertStorable}
 */
export function storableObject(value: Readonly<Record<string, unknown>>): JsonObject {
  assertStorable(value);
  return value as JsonObject;
}

function pushMembers(container: object, visit: Visit, pending: Visit[]): void {
  const depth = visit.depth + 1;
  if (depth > maxJsonDepth) throw refusal(visit, `expected at most ${maxJsonDepth} levels of nesting`);
  if (Array.isArray(container)) {
    container.forEach((value: unknown, key) => pending.push({ value, key, parent: visit, depth }));
    return;
  }
  const prototype: unknown = Object.getPrototypeOf(container);
  if (prototype !== Object.prototype && prototype !== null) throw refusal(visit, 'expected a JSON value');
  for (const [key, value] of Object.entries(container)) {
    const member: Visit = { value, key, parent: visit, depth };
    if (unstorable.test(key)) throw refusal(member, `expected a key without ${unstorablePart(key)}`);
    // Left out by JSON, as if the key were not there.
    if (value !== undefined) pending.push(member);
  }
}

function scalarProblem(value: unknown): string | null {
  switch (typeof value) {
    case 'string':
      return unstorable.test(value) ? `expected text without ${unstorablePart(value)}` : null;
    case 'number':
      return Number.isFinite(value) ? null : 'expected a number that a double can hold';
    case 'boolean':
    case 'object':
      return null;
    case 'undefined':
    case 'bigint':
    case 'symbol':
    case 'function':
    default:
      return 'expected a JSON value';
  }
}

function unstorablePart(text: string): string {
  return text.includes('\0') ? String.raw`the character NUL (\u0000), which cannot be stored` : 'half a surrogate pair';
}

function refusal(visit: Visit, problem: string) {
  const path: PropertyKey[] = [];
  for (let at: Visit | null = visit; at !== null && at.parent !== null; at = at.parent) path.unshift(at.key);
  const place = formatPath(path);
  return badRequest(place === '' ? problem : `${place}: ${problem}`);
}
