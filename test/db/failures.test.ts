import postgres from 'postgres';
import { describe, expect, test } from 'vitest';
import { UnverifiedDatabase } from '../../src/db/copy-guard.ts';
import { isBusy, isReadOnly, isUnreachable, ReadOnlyDatabase, whyAway } from '../../src/db/failures.ts';

/** An error as it comes out of a query: the driver's own is its cause. */
const failed = (cause: unknown) => new Error('Failed query: SELECT 1', { cause });
const answered = (code: string) => failed(Object.assign(Object.create(postgres.PostgresError.prototype), { code }));
const lost = (code: string) => failed(Object.assign(new Error(code), { code }));

describe('a database error', () => {
  test.each(['40001', '40P01', '55P03', '57014'])('with SQLSTATE %s says that the database is busy', (code) => {
    expect([isBusy(answered(code)), isUnreachable(answered(code))]).toEqual([true, false]);
  });

  test.each(['08006', '53300', '57P01', '3D000', '55000'])('with SQLSTATE %s says that it is away', (code) => {
    expect([isBusy(answered(code)), isUnreachable(answered(code))]).toEqual([false, true]);
  });

  test.each(['CONNECTION_CLOSED', 'CONNECT_TIMEOUT', 'ECONNREFUSED'])('with code %s says that it is away', (code) => {
    expect([isBusy(lost(code)), isUnreachable(lost(code))]).toEqual([false, true]);
  });

  test.each([answered('23505'), lost('ERR_INVALID_ARG'), new Error('no code'), 'no error'])(
    'else is neither',
    (error) => {
      expect([isBusy(error), isUnreachable(error)]).toEqual([false, false]);
    },
  );

  test('of a database that is still to be looked at says that it is busy', () => {
    expect(isBusy(new UnverifiedDatabase('another'))).toBe(true);
  });

  test.each([answered('25006'), failed(new ReadOnlyDatabase())])(
    'of a server that takes no writes says so',
    (error) => {
      expect([isReadOnly(error), isBusy(error), isUnreachable(error)]).toEqual([true, false, false]);
      expect(whyAway(error)).toBe('the database takes no writes: it is a standby, or was made read-only');
    },
  );

  test('is told to people where trying later makes sense', () => {
    expect(whyAway(answered('57P01'))).toBe('the database cannot be reached');
    expect(whyAway(answered('23505'))).toBeUndefined();
  });

  test('whose causes form a ring is looked through once', () => {
    const ring = new Error('one');
    ring.cause = new Error('other', { cause: ring });
    expect(isUnreachable(ring)).toBe(false);
  });
});
