import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalInteger, canonicalTimestamp, canonicalUuid } from '../../../src/domain/selectors/operands.ts';

test.each([
  ['2024-02-29T23:59:59Z', '2024-02-29T23:59:59.000000Z'],
  ['2024-02-29t23:59:59z', '2024-02-29T23:59:59.000000Z'],
  ['2024-03-01T00:30:00+01:00', '2024-02-29T23:30:00.000000Z'],
  ['2024-01-01T00:00:00-23:59', '2024-01-01T23:59:00.000000Z'],
  ['2024-01-01T00:00:00.5Z', '2024-01-01T00:00:00.500000Z'],
  ['2024-01-01T00:00:00.123456789Z', '2024-01-01T00:00:00.123456Z'],
  ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000000Z'],
  ['9999-12-31T23:59:59.999999Z', '9999-12-31T23:59:59.999999Z'],
])('the timestamp %s is spelled %s', (text, expected) => {
  expect(canonicalTimestamp(text)).toBe(expected);
});

test.each([
  '2024-01-01',
  '2024-01-01T00:00:00',
  '2024-01-01 00:00:00Z',
  '2023-02-29T00:00:00Z',
  '2024-13-01T00:00:00Z',
  '2024-01-01T24:00:00Z',
  '2024-01-01T00:00:60Z',
  '2024-01-01T00:00:00+24:00',
  '2024-01-01T00:00:00.Z',
  '2024-1-1T00:00:00Z',
  '+02024-01-01T00:00:00Z',
  '0000-06-01T00:00:00Z',
  '0001-01-01T00:00:00+00:01',
  '9999-12-31T23:59:59-00:01',
  '2024-01-01T00:00:00Z\n',
])('%j is no timestamp', (text) => {
  expect(canonicalTimestamp(text)).toBeUndefined();
});

test('spellings of timestamps order as their instants do', () => {
  const instant = fc.date({
    min: new Date('0001-01-02T00:00:00Z'),
    max: new Date('9999-12-30T00:00:00Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(instant, instant, (left, right) => {
      const [a, b] = [canonicalTimestamp(left.toISOString())!, canonicalTimestamp(right.toISOString())!];
      expect(Math.sign(left.getTime() - right.getTime())).toBe(a < b ? -1 : a > b ? 1 : 0);
      expect(new Date(a)).toEqual(left);
    }),
  );
});

test('integers of 64 bits have one spelling, whatever their zeros and sign', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.nat(3), (value, zeros) => {
      const digits = (value < 0n ? -value : value).toString();
      expect(canonicalInteger(`${value < 0n ? '-' : '+'}${'0'.repeat(zeros)}${digits}`)).toBe(value.toString());
    }),
  );
});

test.each([
  '9223372036854775808',
  '-9223372036854775809',
  '',
  '-',
  '1e3',
  '0x10',
  '1_000',
  '٣',
  '1\n',
  '1'.repeat(60_000),
])('what is no integer of 64 bits is refused: %#', (text) => {
  expect(canonicalInteger(text)).toBeUndefined();
});

test('UUIDs are spelled in lower case', () => {
  expect(canonicalUuid('019301A0-0000-7000-8000-00000000ABCD')).toBe('019301a0-0000-7000-8000-00000000abcd');
  expect(canonicalUuid('019301a000007000800000000000abcd')).toBeUndefined();
});
