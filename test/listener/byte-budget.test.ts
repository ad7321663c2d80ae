import { expect, test } from 'vitest';
import { ByteBudget } from '../../src/listener/byte-budget.ts';

const limits = { perCaller: 100, perAddress: 150, total: 250, exempt: ['10.0.0.0/8'] };
const sender = (caller: string, address = '192.0.2.1') => ({ caller, address });
const taking = (budget: ByteBudget, caller: string, bytes: number, address?: string) => () =>
  budget.take(sender(caller, address), bytes);

test('a caller, an address and all together are each held to their limit, and told when to come back', () => {
  const budget = new ByteBudget(limits);
  budget.take(sender('a'), 60);
  expect(taking(budget, 'a', 41)).toThrow('expected at most 100 bytes from a in flight at the same time');
  budget.take(sender('a'), 40);
  budget.take(sender('b'), 50);
  expect(taking(budget, 'c', 1)).toThrow('expected at most 150 bytes from one address');
  budget.take(sender('d', '192.0.2.2'), 100);
  expect(taking(budget, 'e', 1, '192.0.2.3')).toThrow(
    expect.objectContaining({
      status: 503,
      retryAfterSeconds: 1,
      message: expect.stringContaining('250 bytes from all'),
    }),
  );
  expect(budget.held).toBe(250);
});

test('what is refused counts for nobody, and what is given back may be taken again', () => {
  const budget = new ByteBudget(limits);
  budget.take(sender('a'), 100);
  for (let times = 0; times < 10; times += 1) expect(taking(budget, 'a', 1)).toThrow('expected at most 100');
  budget.give(sender('a'), 100);
  expect(budget.held).toBe(0);
  expect(taking(budget, 'a', 100)).not.toThrow();
});

test('whoever holds nothing gets one body of any length', () => {
  const budget = new ByteBudget(limits);
  budget.take(sender('a'), 1_000);
  expect(taking(budget, 'b', 1, '192.0.2.2')).toThrow('250 bytes from all');
});

test('an address that many stand behind has no limit of its own', () => {
  const budget = new ByteBudget(limits);
  budget.take(sender('a', '10.1.2.3'), 100);
  expect(taking(budget, 'b', 100, '10.1.2.3')).not.toThrow();
});

test('those who wait go on in the order in which they came, once there is room', () => {
  const budget = new ByteBudget(limits);
  budget.take(sender('a'), 100);
  budget.take(sender('b', '192.0.2.2'), 150);
  const began: string[] = [];
  const waiter = (name: string, bytes: number) => () => {
    if (!budget.hasRoomFor(bytes)) return false;
    budget.take(sender(name, `192.0.2.${name}`), bytes);
    began.push(name);
    return true;
  };
  budget.wait(waiter('10', 60));
  budget.wait(waiter('11', 60));
  budget.wait(waiter('12', 40));
  budget.give(sender('a'), 100);
  expect(began).toEqual(['10']);
  budget.give(sender('b', '192.0.2.2'), 150);
  expect(began).toEqual(['10', '11', '12']);
});
