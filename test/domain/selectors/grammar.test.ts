import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFieldSelector } from '../../../src/domain/selectors/field-selector.ts';
import { parseLabelSelector } from '../../../src/domain/selectors/label-selector.ts';
import { deviceFields } from '../../../src/domain/selectors/resource-fields.ts';

const parsers = {
  labelSelector: (text: string) => parseLabelSelector(text),
  fieldSelector: (text: string) => parseFieldSelector(text, deviceFields),
};
const both = Object.entries(parsers);

/** Texts that get past the first token: pieces of selectors in any order, now and then something else. */
const pieces = fc.constantFrom(
  ...'x y metadata.name lastSeen in notin contains notcontains a 5 2024-01-01T00:00:00Z'.split(' '),
  ...`( ) , = == != ! > >= < <= \\ \\, \\= ' " % _ / - 😀 é \u00a0 __proto__ \0 \ud800 \udc00`.split(' '),
  ' ',
  '\t',
  '\n',
);
const selectorLike = fc.array(pieces, { maxLength: 30 }).map((list) => list.join(''));
const anyText = fc.oneof(
  selectorLike,
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units)),
);

function attempt(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

/** Value that a key is compared with, for every operator except `in` and `notin`. */
const operands = fc.constantFrom(
  '',
  'a',
  'a-b',
  '5',
  '2024-01-01T00:00:00Z',
  'in',
  '01890a5d-ac96-774b-bcce-b302099a8057',
);
const operators = fc.constantFrom('=', '==', '!=', 'contains', 'notcontains', '>', '>=', '<', '<=');
const blanks = fc.constantFrom('', ' ', '\t\n');

const emptyMembers = (key: string, members: number) => `${key} in (${','.repeat(members - 1)})`;

describe.each(both)('%s', (name, parse) => {
  test('any text is either parsed or refused with 400 and why', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const why = /^(?:(?:label|field)Selector: at column \d+: expected |unknown or unsupported selector: )/;
        const refused = expect.objectContaining({
          name: 'MusterError',
          status: 400,
          message: expect.stringMatching(why),
        });
        const outcome = attempt(() => parse(text).requirements.length > 0);
        const selectsSome = !/^[ \t\r\n]*$/.test(text);
        expect(outcome).toEqual(typeof outcome === 'boolean' ? selectsSome : refused);
      }),
      { numRuns: 5_000 },
    );
  });

  const key = name === 'labelSelector' ? 'x' : 'metadata.name';

  test('a value in parentheses is that value, with every operator that takes one', () => {
    const keys = name === 'labelSelector' ? ['x', '(x)'] : ['metadata.name', 'lastSeen'];
    fc.assert(
      fc.property(fc.constantFrom(...keys), operators, operands, blanks, blanks, (at, operator, value, left, right) => {
        const plain = attempt(() => parse(`${at} ${operator} ${value}`));
        const enclosed = attempt(() => parse(`${at} ${operator} (${left}${value}${right})`));
        const refused = expect.objectContaining({ status: 400 });
        expect(enclosed).toEqual(plain instanceof Error ? refused : plain);
      }),
    );
    expect(attempt(() => parse(`${keys[0]}=(a)`))).toEqual(parse(`${keys[0]}=a`));
  });

  test('64 KiB are taken, a byte more is not', () => {
    const blank = ' '.repeat(64 * 1024);
    expect(parse(blank).requirements).toEqual([]);
    expect(() => parse(`${blank} `)).toThrow(
      expect.objectContaining({ status: 400, message: `${name}: longer than 65536 bytes` }),
    );
    // Bytes, not characters: 22,000 of these take 66,000.
    expect(() => parse('日'.repeat(22_000))).toThrow('longer than 65536 bytes');
  });

  test('1,000 requirements are taken, another is not', () => {
    const thousand = Array.from({ length: 1_000 }, () => `!${key}`).join();
    expect(parse(thousand).requirements).toHaveLength(1_000);
    expect(() => parse(`${thousand},${key}`)).toThrow(/: expected at most 1000 requirements$/);
  });

  test('10,000 set members are taken, another is not, be it empty, repeated or in another set', () => {
    expect(parse(`${emptyMembers(key, 6_000)},${emptyMembers(key, 4_000)}`).requirements).toHaveLength(2);
    expect(() => parse(emptyMembers(key, 10_001))).toThrow(
      expect.objectContaining({ status: 400, message: expect.stringMatching(/: expected at most 10000 set members$/) }),
    );
    expect(() => parse(`${emptyMembers(key, 6_000)},${emptyMembers(key, 4_001)}`)).toThrow(
      'expected at most 10000 set members',
    );
  });

  test('NUL and half a surrogate pair are refused wherever they stand', () => {
    for (const text of [`${key}=a\0`, `\0`, `${key} in (a,\0)`])
      expect(() => parse(text)).toThrow('found a NUL character');
    for (const text of [`${key}=a\ud83d`, `\ude00${key}`])
      expect(() => parse(text)).toThrow('found half of a surrogate pair');
  });

  test('columns count characters, and long words are shortened in messages', () => {
    expect(() => parse(`${key}=😀 b`)).toThrow(`at column ${key.length + 4}: expected ',' or end, found 'b'`);
    expect(() => parse(`${key}=a ${'b'.repeat(100)}`)).toThrow(`found '${'b'.repeat(40)}…'`);
  });
});

test.each([
  '('.repeat(65_000),
  '!'.repeat(65_000),
  `x in (${'a,'.repeat(9_000)}`,
  'a'.repeat(65_000),
  `metadata.name=${'\\,'.repeat(32_000)}`,
])('hostile selectors of full length do not exhaust the stack: %#', (text) => {
  for (const [, parse] of both) expect(attempt(() => parse(text))).not.toBeInstanceOf(RangeError);
});
