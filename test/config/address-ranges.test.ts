import { expect, test } from 'vitest';
import { addressRange, AddressSet } from '../../src/config/address-ranges.ts';

test.each(['10.0.0.7', '10.0.0.0/8', '0.0.0.0/0', '::1', 'fd00::/8', '::/0'])('%s is a range of addresses', (text) => {
  expect(addressRange(text)).toBeDefined();
});

test.each([
  '',
  'proxy',
  '10.0.0',
  '10.0.0.0/33',
  '::1/129',
  '10.0.0.0/',
  '10.0.0.0/-1',
  '10.0.0.0/8/8',
  '1.2.3.4:80',
  '*',
])('%j is none', (text) => {
  expect(addressRange(text)).toBeUndefined();
});

test.each<[string, boolean]>([
  ['10.1.2.3', true],
  ['::ffff:10.1.2.3', true],
  ['11.1.2.3', false],
  ['192.0.2.1', true],
  ['192.0.2.2', false],
  ['fd00::17', true],
  ['fd00::17%eth0', true],
  ['fe80::1', false],
  ['', false],
  ['unix', false],
])('whether %j is in a set is %s', (address, isIn) => {
  expect(new AddressSet(['10.0.0.0/8', '192.0.2.1', 'fd00::/8']).has(address)).toBe(isIn);
});

test('nobody is in an empty set', () => {
  expect(new AddressSet([]).has('127.0.0.1')).toBe(false);
});
