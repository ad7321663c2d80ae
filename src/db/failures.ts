import postgres from 'postgres';
import { causesOf } from '../domain/causes.ts';
import { UnverifiedDatabase } from './copy-guard.ts';

/** SQLSTATEs of a race that a transaction may win the next time: serialization failure, deadlock, lock not available. */
export const lostRaces: ReadonlySet<string> = new Set(['40001', '40P01', '55P03']);
/** SQLSTATE of a statement that ran into its time limit. */
const statementTimeout = '57014';
/** SQLSTATEs of a database that is being put in place: it is not there yet, or does not let anybody in. */
const [noSuchDatabase, notAccepting] = ['3D000', '55000'];

/** SQLSTATE of a write that a standby or a read-only server refuses. */
const readOnlyTransaction = '25006';

/** The server takes no writes: a standby, a primary that was demoted, or one that was set to read only. */
export class ReadOnlyDatabase extends Error {
  override readonly name = 'ReadOnlyDatabase';

  constructor(options?: ErrorOptions) {
    super('the database takes no writes: it is a standby, or was made read-only', options);
  }
}

/** The answer of PostgreSQL in the chain of an error's causes; undefined if it gave none. */
export function postgresErrorIn(error: unknown): postgres.PostgresError | undefined {
  return causesOf(error).find((cause) => cause instanceof postgres.PostgresError);
}

/** Tells if an error, or one of its causes, has a code of the driver or the system that matches. */
export function hasCode(error: unknown, pattern: RegExp): boolean {
  return causesOf(error).some((cause) => 'code' in cause && typeof cause.code === 'string' && pattern.test(cause.code));
}

/**
 * Tells if an error says that Postgres was too busy for a request, or that this database is still to be looked at:
 * nothing is wrong with the request, and it may do better later.
 */
export function isBusy(error: unknown): boolean {
  const state = postgresErrorIn(error)?.code ?? '';
  return error instanceof UnverifiedDatabase || state === statementTimeout || lostRaces.has(state);
}

/** Tells if an error means that Postgres could not be reached or is going away, so that trying later makes sense. */
export function isUnreachable(error: unknown): boolean {
  const state = postgresErrorIn(error)?.code;
  if (state !== undefined) return /^(08|53|57P)/.test(state) || state === noSuchDatabase || state === notAccepting;
  return hasCode(error, /^(CONNECT|E[A-Z]+$)/);
}

/** Tells if an error means that the server takes no writes. */
export function isReadOnly(error: unknown): boolean {
  return (
    postgresErrorIn(error)?.code === readOnlyTransaction || causesOf(error).some((it) => it instanceof ReadOnlyDatabase)
  );
}

/** Says what keeps the database from serving, for people, where trying later makes sense; undefined for any other error. */
export function whyAway(error: unknown): string | undefined {
  if (isReadOnly(error)) return new ReadOnlyDatabase().message;
  return isUnreachable(error) ? 'the database cannot be reached' : undefined;
}
