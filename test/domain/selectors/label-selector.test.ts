import { describe, expect, test } from 'vitest';
import { matchesLabels, parseLabelSelector } from '../../../src/domain/selectors/label-selector.ts';

const matches = (selector: string, labels: Record<string, string>) =>
  matchesLabels(parseLabelSelector(selector), labels);

describe('what a label selector selects', () => {
  test.each<[string, Record<string, string>, boolean]>([
    ['', {}, true],
    [' \t\r\n', { x: 'a' }, true],
    ['x=a', { x: 'a' }, true],
    ['x=a', { x: 'b' }, false],
    ['x=a', {}, false],
    ['x==a', { x: 'a' }, true],
    ['x!=a', { x: 'a' }, false],
    ['x!=a', { x: 'b' }, true],
    ['x=', { x: '' }, true],
    ['x=', {}, false],
    ['x=,y=b', { x: '', y: 'b' }, true],
    ['x!=', { x: '' }, false],
    ['x in (a,b)', { x: 'b' }, true],
    ['x in (a,b)', { x: 'c' }, false],
    ['x in (a,b)', {}, false],
    ['x notin (a,b)', { x: 'b' }, false],
    ['x notin (a,b)', { x: 'c' }, true],
    ['x in ()', { x: '' }, true],
    ['x in ()', { x: 'a' }, false],
    ['x in (,a)', { x: '' }, true],
    ['x in (a,)', { x: '' }, true],
    ['x in (a,,b)', { x: '' }, true],
    ['x in (a)', { x: '' }, false],
    ['x', { x: '' }, true],
    ['x', { y: '' }, false],
    ['!x', { y: '' }, true],
    ['!x', { x: '' }, false],
    ['x=a,y=b', { x: 'a', y: 'b' }, true],
    ['x=a,y=b', { x: 'a' }, false],
    ['x=a,x!=a', { x: 'a' }, false],
    ['app.example.com/tier=front', { 'app.example.com/tier': 'front' }, true],
  ])('%j on %j: %j', (selector, labels, expected) => {
    expect(matches(selector, labels)).toBe(expected);
  });

  test('a missing key satisfies != and notin', () => {
    expect(matches('x!=a', {})).toBe(true);
    expect(matches('x!=', {})).toBe(true);
    expect(matches('x notin (a,b)', {})).toBe(true);
    expect(matches('x notin ()', {})).toBe(true);
  });

  test('operators, keys and values are case-sensitive', () => {
    expect(matches('x=a', { X: 'a' })).toBe(false);
    expect(matches('x=a', { x: 'A' })).toBe(false);
    expect(() => parseLabelSelector('x IN (a)')).toThrow(`expected an operator, ',' or end, found 'IN'`);
  });

  test('blanks between tokens do not matter', () => {
    const dense = parseLabelSelector('x=a,!y,z in(a,b),v notin(c),u!=d');
    expect(parseLabelSelector(' x = a ,\t! y\r\n, z  in ( a , b ) , v notin\n(c),u != d ')).toEqual(dense);
  });

  test('in and notin are keys and values where no operator can stand', () => {
    expect(matches('in', { in: '' })).toBe(true);
    expect(matches('in,!notin', { in: '' })).toBe(true);
    expect(matches('in in (in,notin)', { in: 'notin' })).toBe(true);
    expect(matches('notin notin (notin)', { notin: 'in' })).toBe(true);
    expect(matches('notin=in', { notin: 'in' })).toBe(true);
    expect(matches('x=notin', { x: 'notin' })).toBe(true);
  });

  test('keys that every object has are absent unless they are labels', () => {
    expect(matches('constructor', {})).toBe(false);
    expect(matches('toString!=a', {})).toBe(true);
    expect(matches('constructor=a', { constructor: 'a' })).toBe(true);
  });
});

describe('sets of keys', () => {
  const both = '(x,y) in ((a,b),(c,d))';

  test('(x,y) in … holds where the values are together one of the tuples', () => {
    expect(matches(both, { x: 'a', y: 'b' })).toBe(true);
    expect(matches(both, { x: 'c', y: 'd' })).toBe(true);
    expect(matches(both, { x: 'a', y: 'd' })).toBe(false);
    expect(matches(both, { x: 'a' })).toBe(false);
  });

  test('(x,y) notin … holds where they are not, or a key is absent', () => {
    const neither = '(x,y) notin ((a,b),(c,d))';
    expect(matches(neither, { x: 'a', y: 'b' })).toBe(false);
    expect(matches(neither, { x: 'a', y: 'd' })).toBe(true);
    expect(matches(neither, { x: 'a' })).toBe(true);
  });

  test('(x,y) holds where all keys are there, !(x,y) where any is absent', () => {
    expect(matches('(x,y)', { x: '', y: '' })).toBe(true);
    expect(matches('(x,y)', { x: '' })).toBe(false);
    expect(matches('!(x,y)', { x: '', y: '' })).toBe(false);
    expect(matches('!(x,y)', { x: '' })).toBe(true);
    expect(matches('!(x,y)', {})).toBe(true);
  });

  test('tuples may hold the empty string, and stand after = and !=', () => {
    expect(matches('(x,y) in ((,b))', { x: '', y: 'b' })).toBe(true);
    expect(matches('(x,y)=(a,)', { x: 'a', y: '' })).toBe(true);
    expect(matches('(x,y)!=(a,b)', { x: 'a', y: 'b' })).toBe(false);
    expect(matches('(x) in ((a),(b))', { x: 'b' })).toBe(true);
    expect(matches('(x) in (a,b)', { x: 'b' })).toBe(true);
    expect(matches('(x)=b', { x: 'b' })).toBe(true);
  });

  test.each([
    ['(x,y) in ((a))', `labelSelector: at column 11: expected 2 values, one a key, found 1`],
    ['(x,y) in ()', `labelSelector: at column 11: expected '(', found ')'`],
    ['(x,y) in (a,b)', `labelSelector: at column 11: expected '(', found 'a'`],
    ['(x,y)=a', `labelSelector: at column 7: expected '(', found 'a'`],
    ['(x,x) in ((a,b))', `labelSelector: at column 4: expected another key, found 'x' again`],
    ['(x,) in ((a,b))', `labelSelector: at column 4: expected a key, found ')'`],
    ['() in (())', `labelSelector: at column 2: expected a key, found ')'`],
    [
      `(${Array.from({ length: 101 }, (_, i) => `k${i}`).join()})`,
      'labelSelector: at column 1: expected at most 100 keys in a set',
    ],
  ])('%j is refused', (selector, message) => {
    expect(() => parseLabelSelector(selector)).toThrow(expect.objectContaining({ status: 400, message }));
  });
});

describe('label selectors that are refused', () => {
  test.each([
    ['x=a (', `labelSelector: at column 5: expected ',' or end, found '('`],
    ['x in (a', `labelSelector: at column 8: expected ',' or ')', found end`],
    ['x in a', `labelSelector: at column 6: expected '(', found 'a'`],
    ['x in (a b)', `labelSelector: at column 9: expected ',' or ')', found 'b'`],
    ['x in (a=b)', `labelSelector: at column 8: expected ',' or ')', found '='`],
    ['x in', `labelSelector: at column 5: expected '(', found end`],
    ['x y', `labelSelector: at column 3: expected an operator, ',' or end, found 'y'`],
    ['x!', `labelSelector: at column 2: expected an operator, ',' or end, found '!'`],
    [',', `labelSelector: at column 1: expected a key or '!', found ','`],
    ['x,', `labelSelector: at column 3: expected a key or '!', found end`],
    ['x,,y', `labelSelector: at column 3: expected a key or '!', found ','`],
    ['=a', `labelSelector: at column 1: expected a key or '!', found '='`],
    ['!', `labelSelector: at column 2: expected a key, found end`],
    ['!!x', `labelSelector: at column 2: expected a key, found '!'`],
    ['!x=a', `labelSelector: at column 3: expected ',' or end, found '='`],
    ['x==a==b', `labelSelector: at column 5: expected ',' or end, found '=='`],
    ['x===a', `labelSelector: at column 4: expected a value, ',' or end, found '='`],
    ['x=a||y=b', `labelSelector: at column 7: expected ',' or end, found '='`],
    ['x=a||y', `labelSelector: at column 3: expected a label value`],
    ['日本=a,', `labelSelector: at column 6: expected a key or '!', found end`],
  ])('%j', (selector, message) => {
    expect(() => parseLabelSelector(selector)).toThrow(
      expect.objectContaining({ status: 400, message: expect.stringContaining(message) }),
    );
  });

  test.each(['contains', 'notcontains'])('%s is reserved everywhere', (word) => {
    for (const selector of [word, `!${word}`, `x=${word}`, `x in (${word})`, `(x,${word})`]) {
      expect(() => parseLabelSelector(selector)).toThrow(`found '${word}'`);
    }
  });

  test.each(['x>1', 'x>=1', 'x<1', 'x<=1', 'x contains a', 'x notcontains a'])(
    '%j parses, and is no label selector',
    (selector) => {
      expect(() => parseLabelSelector(selector)).toThrow(
        expect.objectContaining({
          status: 400,
          message: expect.stringMatching(/at column [23]: .* for a label, found/),
        }),
      );
    },
  );

  test.each([
    `${'a'.repeat(64)}=b`,
    `${'a'.repeat(254)}/b=c`,
    'a/b/c=d',
    '/a=b',
    'a/=b',
    'UPPER.example/a=b',
    '-a=b',
    'a.=b',
    `a=${'b'.repeat(64)}`,
    'a=-b',
    'a=b_',
    'a=b\\,c',
    `a=''`,
    'ключ=a',
    'a=значение',
  ])('%j is not made of legal keys and values', (selector) => {
    expect(() => parseLabelSelector(selector)).toThrow(
      expect.objectContaining({
        status: 400,
        message: expect.stringMatching(/expected a label (key|value): .*; found '/),
      }),
    );
  });

  test('the longest legal key and value are taken', () => {
    const key = `${Array.from({ length: 4 }, () => 'p'.repeat(62)).join('.')}.p/${'a'.repeat(63)}`;
    expect(matches(`${key}=${'b'.repeat(63)}`, { [key]: 'b'.repeat(63) })).toBe(true);
  });
});
