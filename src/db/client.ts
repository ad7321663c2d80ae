import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { survivingLostConnections } from './driver/lost-connection.ts';
import { preparingMarked } from './driver/prepared-statements.ts';
import { RenewedClient } from './driver/renewed-client.ts';
import { endingLast } from './driver/transaction-end.ts';

/** A database connection or a transaction on one: what repositories speak to. */
export type Executor = Pick<PostgresJsDatabase, 'execute' | 'select' | 'insert' | 'update' | 'delete'> & {
  readonly guard: CopyGuard;
};

/**
 * Keeps work from running on a database that was put in the place of another under this process: which database was
 * last looked at, by a mark that any copy, restart or failover changes.
 */
type CopyGuard = {
  /** Undefined until the first look: then nothing is checked. */
  verifiedMark: string | undefined;
  /** Looks whether the database is a copy, and sets the mark. */
  verify: () => Promise<void>;
};

/** The database is not the one that was last looked at. The transaction is tried again once it has been. */
export class UnverifiedDatabase extends Error {
  override readonly name = 'UnverifiedDatabase';
}

export type Database = {
  readonly guard: CopyGuard;
  /** For reads and single statements. */
  readonly pool: Executor;
  /**
   * Runs one transaction, again (at most {@link maxAttempts} times in all) when Postgres says that it lost a race it
   * may win the next time. `work` must have no effect but on the database.
   */
  transact<Result>(work: (tx: Executor) => Promise<Result>): Promise<Result>;
  /** Runs one statement that only reads, without a transaction around it; again as a transaction, and if its connection is lost. */
  read<Result>(statement: (db: Executor) => Promise<Result>): Promise<Result>;
  ping(): Promise<void>;
  close(): Promise<void>;
};

const maxAttempts = 5;
/** Serialization failure, deadlock, lock not available. */
const worthAnotherTry = new Set(['40001', '40P01', '55P03']);
/** The server ended the connection. The driver says so once more of a connection that it made in that one's place. */
const connectionEnded = new Set(['57P01', '57P02']);

/**
 * Opens a pool of connections; nothing is sent before the first query. The driver is postgres.js: that choice is the
 * project's, and what the driver lacks is made up for around it (lost-connection.ts), not by another driver.
 */
export function connectDatabase(url: string, options: { poolSize: number; applicationName: string }): Database {
  const open = (onclose: () => void) =>
    postgres(url, {
      max: options.poolSize,
      onnotice: () => undefined,
      onclose,
      connect_timeout: 5,
      // The driver asks for the types on each new connection, and a connection that is lost meanwhile ends the process.
      fetch_types: false,
      types: { textArray },
      connection: {
        application_name: options.applicationName,
        statement_timeout: 60_000,
        // An instance that stands still in the middle of its work keeps a restore from being declared: not for longer than this.
        idle_in_transaction_session_timeout: 20_000,
        // Compiling a selector of many terms can take longer than running it on any table.
        jit: false,
      },
    });
  const guard: CopyGuard = { verifiedMark: undefined, verify: async () => undefined };
  const client = new RenewedClient(open, (pool) =>
    Object.assign(drizzle(endingLast(survivingLostConnections(preparingMarked(pool)))), { guard }),
  );
  const again = async <Result>(run: (onBegun: () => void) => Promise<Result>): Promise<Result> => {
    for (let attempt = 1; ; attempt += 1) {
      let begun = false;
      try {
        return await run(() => {
          begun = true;
        });
      } catch (error) {
        if (attempt >= maxAttempts) throw error;
        const state = sqlState(error) ?? '';
        if (error instanceof UnverifiedDatabase) await guard.verify();
        else if (!worthAnotherTry.has(state) && (begun || !connectionEnded.has(state))) throw error;
      }
    }
  };
  return {
    guard,
    pool: client.always,
    transact: (work) =>
      again((onBegun) =>
        client.connections.transaction((tx) => {
          onBegun();
          return work(Object.assign(tx, { guard }));
        }),
      ),
    read: (statement) => again(() => statement(client.always)),
    async ping() {
      await client.connections.execute('SELECT 1');
    },
    close: () => client.close(),
  };
}

/** Lists are sent as arrays of text, whatever they hold, and none is received. */
const textArray: postgres.PostgresType<ReadonlyArray<string | null>> = {
  to: 1009,
  from: [],
  serialize: (texts: ReadonlyArray<string | null>) => `{${texts.map(arrayElement).join(',')}}`,
  parse: () => [],
};

function arrayElement(text: string | null): string {
  if (text === null) return 'NULL';
  return /["\\]/.test(text) ? `"${text.replaceAll(/["\\]/g, '\\$&')}"` : `"${text}"`;
}

/** SQLSTATEs of a database that is being put in place: it is not there yet, or does not let anybody in. */
const [noSuchDatabase, notAccepting] = ['3D000', '55000'];

/** The SQLSTATE of a database error, wherever in the chain of causes it stands. */
function sqlState(error: unknown): string | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if (at instanceof postgres.PostgresError) return at.code;
  }
  return undefined;
}

/** SQLSTATE of a statement that ran into its time limit. */
const statementTimeout = '57014';

/**
 * Tells if an error says that Postgres was too busy for a request, or that this database is still to be looked at:
 * nothing is wrong with the request, and it may do better later.
 */
export function isBusy(error: unknown): boolean {
  const state = sqlState(error) ?? '';
  return error instanceof UnverifiedDatabase || state === statementTimeout || worthAnotherTry.has(state);
}

/** Tells if an error means that Postgres could not be reached or is going away, so that trying later makes sense. */
export function isUnreachable(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined) return /^(08|53|57P)/.test(state) || state === noSuchDatabase || state === notAccepting;
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    const code: unknown = 'code' in at ? at.code : undefined;
    if (typeof code === 'string' && /^(CONNECT|CONNECTION|E[A-Z]+$)/.test(code)) return true;
  }
  return false;
}
