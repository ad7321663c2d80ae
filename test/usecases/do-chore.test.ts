import { setTimeout as sleep } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { holdChore } from '../../src/db/chore-store.ts';
import { doChore } from '../../src/usecases/steps/do-chore.ts';
import { useFleet } from '../support/use-fleet.ts';

const { here } = await useFleet();
const everyMs = 600_000;
const deps = { database: here.context.database, clock: here.clock };

/** Does a chore of a number of steps on an instance of its own. @returns the number of steps done */
async function chore(steps: number, signal = new AbortController().signal): Promise<number> {
  let done = 0;
  await doChore(deps, { name: 'test', everyMs, signal }, async () => {
    await sleep(5);
    done += 1;
    return done < steps;
  });
  return done;
}

test('one instance does a chore at a time, and nobody does it again before it is due', async () => {
  const done = await Promise.all([chore(5), chore(5), chore(5)]);
  expect(done.toSorted((a, b) => a - b)).toEqual([0, 0, 5]);
  here.clock.advance(everyMs - 1);
  expect(await chore(5)).toBe(0);
  here.clock.advance(1);
  expect(await chore(5)).toBe(5);
});

test('an instance that is told to stop leaves the chore to another', async () => {
  const stopping = new AbortController();
  const first = chore(1_000_000, stopping.signal);
  await sleep(50);
  stopping.abort();
  expect(await first).toBeLessThan(100);
  expect(await chore(2)).toBe(2);
  expect(await chore(2, AbortSignal.abort())).toBe(0);
});

test('the chore of an instance that was killed, or that failed, is taken up by another', async () => {
  const killed = { name: 'test', by: randomUUID() };
  await holdChore(here.context.database.pool, killed, { now: here.clock.now(), everyMs, holdMs: 60_000 });
  expect(await chore(2)).toBe(0);
  here.clock.advance(60_001);
  expect(await chore(2)).toBe(2);
  here.clock.advance(everyMs);
  const failing = doChore(deps, { name: 'test', everyMs, signal: new AbortController().signal }, async () => {
    throw new Error('failed');
  });
  await expect(failing).rejects.toThrow('failed');
  expect(await chore(2)).toBe(2);
});

test('a clock that went back keeps nobody from a chore', async () => {
  here.clock.advance(365 * 86_400_000);
  expect(await chore(1)).toBe(1);
  here.clock.advance(-365 * 86_400_000);
  expect(await chore(1)).toBe(1);
});
