import { expect, test } from 'vitest';
import { BoundedMemory } from '../src/bounded-memory.ts';

const filled = (most: number, count: number) => {
  const memory = new BoundedMemory<number>(most);
  for (let number = 0; number < count; number += 1) memory.set(String(number), number);
  return memory;
};

test('forgets what was remembered first, and never holds more than it may', () => {
  for (let count = 0; count < 100; count += 1) expect(filled(20, count).size).toBeLessThanOrEqual(20);
  const memory = filled(20, 21);
  expect(memory.has('0')).toBe(false);
  expect(memory.get('2')).toBe(2);
  expect(memory.get('20')).toBe(20);
});

test('takes what is remembered again for the newest', () => {
  const memory = filled(3, 3);
  memory.set('0', 7);
  memory.set('3', 3);
  expect(memory.get('0')).toBe(7);
  expect(memory.has('1')).toBe(false);
});
