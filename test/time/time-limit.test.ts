import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { answerWithin, endsWithin, within } from '../../src/time/time-limit.ts';

const failing = async () => {
  throw new Error('it fails');
};
const late = () => sleep(60_000, 'late', { ref: false });

describe('work with a time limit', () => {
  test('that ends in time gives its result', async () => {
    const work = async () => 'done';
    expect([await within(1_000, work()), await endsWithin(1_000, work()), await answerWithin(1_000, work())]).toEqual([
      'done',
      true,
      'done',
    ]);
  });

  test('that takes longer is left alone', async () => {
    expect([await within(5, late()), await endsWithin(5, late())]).toEqual([undefined, false]);
    await expect(answerWithin(5, late())).rejects.toThrow('no answer within 0.005 s');
  });

  test('that fails in time fails, where its result is asked for', async () => {
    expect(await within(1_000, failing())).toBeUndefined();
    await expect(endsWithin(1_000, failing())).rejects.toThrow('it fails');
    await expect(answerWithin(1_000, failing())).rejects.toThrow('it fails');
  });

  test('that fails after its time ends nothing', async () => {
    expect(await endsWithin(1, sleep(10).then(failing))).toBe(false);
    await sleep(30);
  });

  test('whose time is over already is still begun', async () => {
    expect(await endsWithin(-1, late())).toBe(false);
  });
});
