import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';

/** A database connection or a transaction on one: what repositories speak to. */
export type Executor = Pick<PostgresJsDatabase, 'execute' | 'select' | 'insert' | 'update' | 'delete'>;

export type Database = {
  /** For reads and single statements. */
  readonly pool: PostgresJsDatabase;
  /**
   * Runs one transaction, again (at most {@link maxAttempts} times in all) when Postgres says that it lost a race it
   * may win the next time. `work` must have no effect but on the database.
   */
  transact<Result>(work: (tx: Executor) => Promise<Result>): Promise<Result>;
  ping(): Promise<void>;
  close(): Promise<void>;
};

const maxAttempts = 5;
/** Serialization failure, deadlock, lock not available. */
const worthAnotherTry = new Set(['40001', '40P01', '55P03']);

/** Opens a pool of connections; nothing is sent before the first query. */
export function connectDatabase(url: string, options: { poolSize: number; applicationName: string }): Database {
  const client = postgres(url, {
    max: options.poolSize,
    onnotice: () => undefined,
    connect_timeout: 5,
    connection: {
      application_name: options.applicationName,
      statement_timeout: 60_000,
      idle_in_transaction_session_timeout: 60_000,
    },
  });
  const pool = drizzle(client);
  return {
    pool,
    async transact(work) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await pool.transaction(work);
        } catch (error) {
          if (attempt >= maxAttempts || !worthAnotherTry.has(sqlState(error) ?? '')) throw error;
        }
      }
    },
    async ping() {
      await pool.execute('SELECT 1');
    },
    close: () => client.end({ timeout: 5 }),
  };
}

/** The SQLSTATE of a database error, wherever in the chain of causes it stands. */
export function sqlState(error: unknown): string | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if (at instanceof postgres.PostgresError) return at.code;
  }
  return undefined;
}

/** Whether an error means that Postgres could not be reached or is going away, so that trying later makes sense. */
export function isUnreachable(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined)
    return state.startsWith('08') || state.startsWith('57P') || state.startsWith('53') || state === '3D000';
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    const code: unknown = 'code' in at ? at.code : undefined;
    if (typeof code === 'string' && /^(CONNECT|CONNECTION|E[A-Z]+$)/.test(code)) return true;
  }
  return false;
}
