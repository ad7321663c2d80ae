import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { HashFilter } from '../../../src/domain/rendering/hash-filter.ts';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');

test('every hash that was added is found, and hardly any other', () => {
  const filter = new HashFilter(20_000);
  for (let n = 0; n < 20_000; n += 1) filter.add(hash(`in ${n}`));
  const found = (prefix: string) =>
    Array.from({ length: 20_000 }, (_, n) => filter.mayHave(hash(`${prefix} ${n}`))).filter(Boolean).length;
  expect(found('in')).toBe(20_000);
  expect(found('out')).toBeLessThan(200);
});

test('more hashes than expected are all found', () => {
  const filter = new HashFilter(0);
  for (let n = 0; n < 30_000; n += 1) filter.add(hash(String(n)));
  expect(Array.from({ length: 30_000 }, (_, n) => filter.mayHave(hash(String(n)))).every(Boolean)).toBe(true);
});

test('what is no hash is no member, though a device may say it', () => {
  const filter = new HashFilter(10);
  filter.add('not a hash');
  filter.add('');
  expect(filter.mayHave('not a hash')).toBe(false);
  expect(filter.mayHave('')).toBe(false);
});
