import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, maxJsonDepth } from '../../src/domain/json.ts';
import type { JsonValue } from '../../src/domain/json.ts';

/** The same value with the keys of all objects in another order. */
function reordered(value: unknown): JsonValue {
  if (Array.isArray(value)) return value.map(reordered);
  if (value === null || typeof value !== 'object') return value as JsonValue;
  const entries = Object.entries(value).map(([key, member]): [string, JsonValue] => [key, reordered(member)]);
  return Object.fromEntries(entries.toReversed());
}

const nested = (levels: number): JsonValue => (levels === 0 ? 1 : [nested(levels - 1)]);

describe('canonical JSON', () => {
  it.each<[JsonValue, string]>([
    [null, 'null'],
    [true, 'true'],
    ['a"b\n\u2028é', '"a\\"b\\n\u2028é"'],
    [1, '1'],
    [-0, '0'],
    [1e21, '1e+21'],
    [0.1, '0.1'],
    [[], '[]'],
    [{}, '{}'],
    [[3, [1, '2']], '[3,[1,"2"]]'],
    [{ b: 1, a: { d: [], c: null } }, '{"a":{"c":null,"d":[]},"b":1}'],
    [{ 10: 'a', 9: 'b', A: 'c', a: 'd', '': 'e' }, '{"":"e","10":"a","9":"b","A":"c","a":"d"}'],
  ])('of %j is %s', (value, canonical) => {
    expect(canonicalJson(value)).toBe(canonical);
  });

  it('sorts keys by code unit, which puts a surrogate pair before U+FF5E', () => {
    expect(canonicalJson({ '\uff5e': 1, '😀': 2, é: 3, z: 4 })).toBe('{"z":4,"é":3,"😀":2,"\uff5e":1}');
  });

  it('leaves out what is undefined, as JSON.stringify does', () => {
    const value = { a: undefined, b: 1 } as unknown as JsonValue;
    expect(canonicalJson(value)).toBe('{"b":1}');
  });

  it('keeps a key named __proto__', () => {
    expect(canonicalJson(JSON.parse('{"b":1,"__proto__":{"x":1}}') as JsonValue)).toBe('{"__proto__":{"x":1},"b":1}');
  });

  it('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(reordered(value))).toBe(canonicalJson(value as JsonValue));
      }),
    );
  });

  it('parses back to the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value as JsonValue))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('exists to a depth of 100 and is a bad request beyond', () => {
    expect(canonicalJson(nested(maxJsonDepth))).toBe(`${'['.repeat(100)}1${']'.repeat(100)}`);
    expect(() => canonicalJson(nested(maxJsonDepth + 1))).toThrow(
      expect.objectContaining({ code: 'badRequest', message: 'JSON is nested more than 100 levels deep' }),
    );
    let deep: JsonValue = 1;
    for (let level = 0; level < 200_000; level += 1) deep = [deep];
    expect(() => canonicalJson(deep)).toThrow(expect.objectContaining({ code: 'badRequest' }));
  });
});
