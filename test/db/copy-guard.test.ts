import { expect, test } from 'vitest';
import { CopyGuard, UnverifiedDatabase } from '../../src/db/copy-guard.ts';

test('a database that nobody has looked at is not checked', async () => {
  const guard = new CopyGuard();
  await guard.verify();
  expect(() => guard.assertVerified('any')).not.toThrow();
});

test('only the database that was last looked at is worked on', async () => {
  const guard = new CopyGuard();
  const marks = ['first', 'second'];
  guard.verifyWith(async () => marks.shift() ?? '');
  await guard.verify();
  expect(() => guard.assertVerified('first')).not.toThrow();
  expect(() => guard.assertVerified('second')).toThrow(UnverifiedDatabase);
  await guard.verify();
  expect(() => guard.assertVerified('second')).not.toThrow();
  expect(() => guard.assertVerified('first')).toThrow(UnverifiedDatabase);
});

test('a look that fails leaves the database that was looked at before', async () => {
  const guard = new CopyGuard();
  let fails = false;
  guard.verifyWith(async () => {
    if (fails) throw new Error('no answer');
    return 'first';
  });
  await guard.verify();
  fails = true;
  await expect(guard.verify()).rejects.toThrow('no answer');
  expect(() => guard.assertVerified('second')).toThrow(UnverifiedDatabase);
});

test('the look is given once', () => {
  const guard = new CopyGuard();
  guard.verifyWith(async () => 'first');
  expect(() => guard.verifyWith(async () => 'second')).toThrow('looked at already');
});
