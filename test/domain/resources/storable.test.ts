import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MusterError } from '../../../src/domain/errors.ts';
import { maxJsonDepth } from '../../../src/domain/json.ts';
import { assertStorable, storableObject } from '../../../src/domain/resources/storable.ts';

function nested(levels: number): unknown {
  let value: unknown = 'core';
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { in: value };
  return value;
}

function refusal(value: unknown): string {
  try {
    assertStorable(value);
  } catch (error) {
    if (error instanceof MusterError && error.status === 400) return error.message;
    throw error;
  }
  throw new Error('was not refused');
}

describe('assertStorable', () => {
  it('lets through every JSON document of well-formed text without NUL', () => {
    const clean = fc
      .json({ maxDepth: 8 })
      .filter((text) => !text.includes(String.raw`\u0000`) && !/\\ud[89a-f]/.test(text));
    fc.assert(
      fc.property(clean, (text) => {
        expect(() => assertStorable(JSON.parse(text))).not.toThrow();
      }),
    );
  });

  it('names the place of a NUL wherever it stands', () => {
    const key = fc.constantFrom('spec', 'a', 'b-c');
    fc.assert(
      fc.property(fc.array(fc.oneof(key, fc.nat(3)), { minLength: 1, maxLength: 20 }), fc.string(), (path, text) => {
        const value = path.reduceRight<unknown>((inner, at) => {
          if (typeof at === 'string') return { before: 'fine', [at]: inner };
          return [...Array.from({ length: at }, () => 'fine'), inner];
        }, `${text}\0`);
        const place = path.map((at) => (typeof at === 'number' ? `[${at}]` : `.${at}`)).join('');
        expect(refusal(value)).toMatch(/NUL/);
        expect(refusal(value).startsWith(`${place.replace(/^\./, '')}: `)).toBe(true);
      }),
    );
  });

  it.each([
    [
      { spec: { config: [{ name: 'a\0b' }] } },
      String.raw`spec.config[0].name: expected text without the character NUL (\u0000), which cannot be stored`,
    ],
    [
      { metadata: { labels: { 'a\0': 'b' } } },
      String.raw`metadata.labels["a\u0000"]: expected a key without the character NUL (\u0000), which cannot be stored`,
    ],
    [{ a: '\ud800' }, 'a: expected text without half a surrogate pair'],
    [{ 'x\udc00': 1 }, String.raw`["x\udc00"]: expected a key without half a surrogate pair`],
    ['\0', String.raw`expected text without the character NUL (\u0000), which cannot be stored`],
    [JSON.parse('{"n":[1e999]}'), 'n[0]: expected a number that a double can hold'],
    [{ when: new Date(0) }, 'when: expected a JSON value'],
  ])('refuses %j', (value, message) => {
    expect(refusal(value)).toBe(message);
  });

  it('refuses what only JavaScript has', () => {
    expect(refusal({ n: 1n })).toBe('n: expected a JSON value');
    expect(refusal([() => 1])).toBe('[0]: expected a JSON value');
  });

  it('lets whole surrogate pairs through', () => {
    expect(() => assertStorable({ '😀': '😀' })).not.toThrow();
  });

  it('takes documents of the greatest depth and refuses one level more, naming where', () => {
    expect(() => assertStorable(nested(maxJsonDepth))).not.toThrow();
    expect(refusal(nested(maxJsonDepth + 1))).toMatch(/\[0\]\.in\[0\].*: expected at most 100 levels of nesting$/);
  });

  it('does not run out of stack on a document that is nested beyond reason', () => {
    expect(refusal(JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`))).toMatch(/levels of nesting/);
  });
});

describe('storableObject', () => {
  it('gives back the very object', () => {
    const spec = { os: { image: 'a' } };
    expect(storableObject(spec)).toBe(spec);
  });

  it('refuses what cannot be stored', () => {
    expect(() => storableObject({ a: '\0' })).toThrow(MusterError);
  });
});
