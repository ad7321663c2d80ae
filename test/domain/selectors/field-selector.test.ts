import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FieldCatalogue } from '../../../src/domain/selectors/field-catalogue.ts';
import { parseFieldSelector } from '../../../src/domain/selectors/field-selector.ts';
import { matchesFields, type FieldValues } from '../../../src/domain/selectors/matches-fields.ts';
import { deviceFields } from '../../../src/domain/selectors/resource-fields.ts';

/** Every type of field, those that no resource has yet among them. */
const everyType = {
  text: { type: 'text' },
  at: { type: 'timestamp' },
  count: { type: 'integer' },
  flag: { type: 'boolean' },
  tags: { type: 'textArray' },
} as const satisfies FieldCatalogue;

const device = (selector: string, values: FieldValues) =>
  matchesFields(parseFieldSelector(selector, deviceFields), values, deviceFields);
const typed = (selector: string, values: FieldValues) =>
  matchesFields(parseFieldSelector(selector, everyType), values, everyType);
const refusal = (selector: string, fields: FieldCatalogue = everyType) => {
  try {
    parseFieldSelector(selector, fields);
    return 'not refused';
  } catch (error) {
    expect(error).toMatchObject({ name: 'MusterError', status: 400 });
    return error instanceof Error ? error.message : '';
  }
};

describe('what a field selector selects', () => {
  test.each<[string, FieldValues, boolean]>([
    ['', {}, true],
    ['metadata.name=a', { 'metadata.name': 'a' }, true],
    ['metadata.name==a', { 'metadata.name': 'b' }, false],
    ['metadata.name!=a', { 'metadata.name': 'b' }, true],
    ['metadata.name in (a,b)', { 'metadata.name': 'b' }, true],
    ['metadata.name notin (a,b)', { 'metadata.name': 'b' }, false],
    ['metadata.owner', { 'metadata.owner': '' }, true],
    ['metadata.owner', { 'metadata.owner': null }, false],
    ['!metadata.owner', {}, true],
    ['metadata.owner=', { 'metadata.owner': '' }, true],
    ['metadata.owner=', {}, false],
    ['metadata.owner in ()', { 'metadata.owner': '' }, true],
    [
      'metadata.owner=Fleet/a,status.summary.status=Online',
      { 'metadata.owner': 'Fleet/a', 'status.summary.status': 'Online' },
      true,
    ],
    ['metadata.owner=Fleet/a,status.summary.status=Online', { 'metadata.owner': 'Fleet/a' }, false],
    ['metadata.name=A', { 'metadata.name': 'a' }, false],
  ])('%j on %j: %j', (selector, values, expected) => {
    expect(device(selector, values)).toBe(expected);
  });

  test('there is no quoting: what the command line sends for --all selects every device', () => {
    expect(device(`metadata.name!=''`, { 'metadata.name': 'a' })).toBe(true);
    expect(device(`metadata.name!=''`, { 'metadata.name': '' })).toBe(true);
    expect(device(`metadata.name=''`, { 'metadata.name': `''` })).toBe(true);
    expect(device(`metadata.name="a"`, { 'metadata.name': 'a' })).toBe(false);
  });

  test.each(['text!=a', 'text notin (a,b)', 'text notcontains a', 'text notcontains', 'at!=2024-01-01T00:00:00Z'])(
    'NULL satisfies %s',
    (selector) => {
      expect(typed(selector, {})).toBe(true);
      expect(typed(selector, { text: null, at: null })).toBe(true);
    },
  );

  test.each(['text=a', 'text in (,a)', 'text contains a', 'text contains', 'count>1', 'at<=2024-01-01T00:00:00Z'])(
    'NULL does not satisfy %s',
    (selector) => {
      expect(typed(selector, {})).toBe(false);
    },
  );

  test('a value may hold symbols past its first character', () => {
    expect(typed('text=a==b', { text: 'a==b' })).toBe(true);
    expect(typed('text=a||b=c', { text: 'a||b=c' })).toBe(true);
    expect(typed('text=a!b>c', { text: 'a!b>c' })).toBe(true);
    expect(typed('text==a==b', { text: 'a==b' })).toBe(true);
    expect(typed('text in (a=b,c<d)', { text: 'c<d' })).toBe(true);
    expect(typed('text contains a=b', { text: 'xa=by' })).toBe(true);
  });

  test('a backslash escapes a comma, an equals sign and a backslash', () => {
    expect(typed('text=a\\,b', { text: 'a,b' })).toBe(true);
    expect(typed('text=\\=b', { text: '=b' })).toBe(true);
    expect(typed('text=a\\\\', { text: 'a\\' })).toBe(true);
    expect(typed('text in (a\\,b,c\\\\\\,d)', { text: 'c\\,d' })).toBe(true);
    expect(typed('text contains \\,,count=1', { text: 'a,b', count: 1 })).toBe(true);
  });

  test('any value without blanks and parentheses comes back from its escaped form', () => {
    const special = fc.constantFrom('\\', ',', '=', '!', '<', '>', '%', '_', `'`, '"');
    const value = fc
      .string({ unit: fc.oneof(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }), special) })
      .filter((text) => !/[\s()\0]|^[!<>]/.test(text) && !['contains', 'notcontains'].includes(text));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), (values) => {
        const escaped = values.map((text) => text.replace(/[\\,=]/g, '\\$&'));
        expect(parseFieldSelector(`text in (${escaped.join()})`, everyType)).toEqual({
          requirements: [{ operator: 'in', field: 'text', operands: values }],
        });
      }),
    );
  });

  test('contains is a literal, case-sensitive substring', () => {
    expect(typed('text contains b', { text: 'abc' })).toBe(true);
    expect(typed('text contains B', { text: 'abc' })).toBe(false);
    expect(typed('text contains a_c', { text: 'abc' })).toBe(false);
    expect(typed('text contains a_c', { text: 'xa_cx' })).toBe(true);
    expect(typed('text contains %', { text: 'abc' })).toBe(false);
    expect(typed('text contains %', { text: '100%' })).toBe(true);
    expect(typed('text notcontains b', { text: 'abc' })).toBe(false);
  });

  test('contains without an operand matches every value that is not NULL', () => {
    for (const text of ['', 'a']) expect(typed('text contains', { text })).toBe(true);
    expect(typed('tags contains', { tags: [] })).toBe(true);
    expect(typed('text contains,count=1', { text: 'a', count: 1 })).toBe(true);
    expect(typed('text notcontains', { text: 'a' })).toBe(false);
  });

  test('a list contains an element, and is in a set that shares one', () => {
    const values = { tags: ['a', 'bc'] };
    expect(typed('tags contains a', values)).toBe(true);
    expect(typed('tags contains b', values)).toBe(false);
    expect(typed('tags notcontains b', values)).toBe(true);
    expect(typed('tags in (x,bc)', values)).toBe(true);
    expect(typed('tags notin (x,bc)', values)).toBe(false);
    expect(typed('tags in (x)', { tags: [] })).toBe(false);
  });

  test('timestamps compare as instants', () => {
    const values = { lastSeen: new Date('2024-01-01T12:00:00Z') };
    expect(device('lastSeen=2024-01-01T13:00:00+01:00', values)).toBe(true);
    expect(device('lastSeen!=2024-01-01T13:00:00+01:00', values)).toBe(false);
    expect(device('lastSeen>2024-01-01T11:59:59.999999Z', values)).toBe(true);
    expect(device('lastSeen>2024-01-01T12:00:00Z', values)).toBe(false);
    expect(device('lastSeen>=2024-01-01T12:00:00Z', values)).toBe(true);
    expect(device('lastSeen<2024-01-01T12:00:00.000001Z', values)).toBe(true);
    expect(device('lastSeen<=2024-01-01T11:00:00-01:00', values)).toBe(true);
    expect(device('lastSeen in (2023-01-01T00:00:00Z,2024-01-01T12:00:00.000Z)', values)).toBe(true);
  });

  test('integers compare as 64-bit numbers', () => {
    expect(typed('count=+007', { count: 7 })).toBe(true);
    expect(typed('count>9', { count: 10 })).toBe(true);
    expect(typed('count<-1', { count: -2 })).toBe(true);
    expect(typed('count>9223372036854775806', { count: 9223372036854775807n })).toBe(true);
    expect(typed('count in (1,2)', { count: 2n })).toBe(true);
  });

  test('booleans are read as Flight Control reads them', () => {
    for (const spelling of ['1', 't', 'T', 'true', 'True', 'TRUE'])
      expect(typed(`flag=${spelling}`, { flag: true })).toBe(true);
    for (const spelling of ['0', 'f', 'F', 'false', 'False', 'FALSE'])
      expect(typed(`flag=${spelling}`, { flag: false })).toBe(true);
  });

  test('names that are UUIDs are ordered, by their bytes', () => {
    const uuid = '019301a0-0000-7000-8000-000000000000';
    expect(typed(`text>${uuid}`, { text: '019301a0-0000-7000-8000-000000000001' })).toBe(true);
    expect(typed(`text<=${uuid.toUpperCase()}`, { text: uuid })).toBe(true);
    expect(typed(`text<${uuid}`, { text: '' })).toBe(true);
  });

  test('metadata.nameOrAlias holds where it holds for either, != for either too', () => {
    const values = { 'metadata.name': 'a', 'metadata.alias': 'b' };
    expect(device('metadata.nameOrAlias=a', values)).toBe(true);
    expect(device('metadata.nameOrAlias=b', values)).toBe(true);
    expect(device('metadata.nameOrAlias=c', values)).toBe(false);
    expect(device('metadata.nameOrAlias!=a', values)).toBe(true);
    expect(device('metadata.nameOrAlias!=a', { 'metadata.name': 'a' })).toBe(true);
    expect(device('metadata.nameOrAlias!=a', { 'metadata.name': 'a', 'metadata.alias': 'a' })).toBe(false);
    expect(device('metadata.nameOrAlias contains b', values)).toBe(true);
    expect(device('!metadata.nameOrAlias', { 'metadata.name': 'a' })).toBe(true);
  });
});

describe('field selectors that are refused', () => {
  test('an unknown field is answered with the list of those there are', () => {
    expect(refusal('text', deviceFields)).toBe(
      'unknown or unsupported selector: unable to resolve selector name "text". Supported selectors are: ' +
        '[lastSeen metadata.alias metadata.creationTimestamp metadata.name metadata.nameOrAlias metadata.owner ' +
        'status.applicationsSummary.status status.capabilities.osMode status.lifecycle.status status.summary.status ' +
        'status.updated.status]',
    );
    for (const name of ['metadata.nameoralias', 'constructor', '__proto__', 'a\\b', `"`]) {
      expect(refusal(`${name}=a`, deviceFields)).toContain(`unable to resolve selector name ${JSON.stringify(name)}`);
    }
  });

  test.each([
    ['text=a\\nb', `fieldSelector: at column 7: expected ',', '=' or '\\' after a backslash`],
    ['text=a\\', `fieldSelector: at column 7: expected ',', '=' or '\\' after a backslash`],
    ['text=a\\ b', `fieldSelector: at column 7: expected ',', '=' or '\\' after a backslash`],
    ['text=\\(a', `fieldSelector: at column 6: expected ',', '=' or '\\' after a backslash`],
    ['text= =a', `fieldSelector: at column 7: expected a value, ',' or end, found '='`],
    ['text!=!a', `fieldSelector: at column 7: expected a value, ',' or end, found '!'`],
    ['text=a b', `fieldSelector: at column 8: expected ',' or end, found 'b'`],
    ['text=(a,b)', `fieldSelector: at column 6: expected one value, found 2`],
    ['text=(a', `fieldSelector: at column 8: expected ',' or ')', found end`],
    ['text=((a))', `fieldSelector: at column 7: expected a value, ',' or ')', found '('`],
    ['text in ((a))', `fieldSelector: at column 10: expected a value, ',' or ')', found '('`],
    ['text=contains', `fieldSelector: at column 6: expected a value, ',' or end, found 'contains'`],
    ['text in (notcontains)', `fieldSelector: at column 10: expected a value, ',' or ')', found 'notcontains'`],
    ['contains=a', `fieldSelector: at column 1: expected a key or '!', found 'contains'`],
    ['(text,count)', `fieldSelector: at column 1: expected a key or '!', found '('`],
    ['!(text)', `fieldSelector: at column 2: expected a key, found '('`],
    ['text=a,', `fieldSelector: at column 8: expected a key or '!', found end`],
    ['flag>1', `fieldSelector: at column 5: expected an operator for 'true' or 'false', which flag is, found '>'`],
    [
      'at contains 2024',
      `fieldSelector: at column 4: expected an operator for an RFC 3339 timestamp, which at is, found 'contains'`,
    ],
    ['tags=a', `fieldSelector: at column 5: expected an operator for a list of texts, which tags is, found '='`],
    ['at=yesterday', `fieldSelector: at column 4: expected an RFC 3339 timestamp for at, found 'yesterday'`],
    ['at=', `fieldSelector: at column 4: expected an RFC 3339 timestamp for at, found ''`],
    ['at in ()', `fieldSelector: at column 8: expected an RFC 3339 timestamp for at, found ''`],
    ['count=1.5', `fieldSelector: at column 7: expected an integer (64 bits) for count, found '1.5'`],
    [
      'count=9223372036854775808',
      `fieldSelector: at column 7: expected an integer (64 bits) for count, found '9223372036854775808'`,
    ],
    ['flag=yes', `fieldSelector: at column 6: expected 'true' or 'false' for flag, found 'yes'`],
  ])('%j', (selector, message) => {
    expect(refusal(selector)).toBe(message);
  });

  test.each(['text', 'at', 'count'])('ordering %s takes an integer, a timestamp or a UUID', (field) => {
    for (const operand of ['abc', '', '9223372036854775808', '2024-01-01T00:00:00']) {
      expect(refusal(`${field}<${operand}`)).toContain(
        'expected an integer (64 bits), an RFC 3339 timestamp or a UUID',
      );
    }
  });

  test.each([
    ['text>5', 'expected a UUID for text'],
    ['text>2024-01-01T00:00:00Z', 'expected a UUID for text'],
    ['at>5', 'expected an RFC 3339 timestamp for at'],
    ['at>019301a0-0000-7000-8000-000000000000', 'expected an RFC 3339 timestamp for at'],
    ['count>2024-01-01T00:00:00Z', 'expected an integer (64 bits) for count'],
  ])('an operand of another kind than the field is refused: %s', (selector, message) => {
    expect(refusal(selector)).toContain(message);
  });
});
