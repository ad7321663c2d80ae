import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import { survivingLostConnections } from './driver/lost-connection.ts';
import { preparingMarked } from './driver/prepared-statements.ts';
import { RenewedClient, type PoolEvents } from './driver/renewed-client.ts';
import { endingLast } from './driver/transaction-end.ts';
import { isReadOnly, lostRaces, postgresErrorIn, ReadOnlyDatabase } from './failures.ts';
import { CopyGuard, UnverifiedDatabase } from './copy-guard.ts';
import postgres from 'postgres';

/** A database connection or a transaction on one: what repositories speak to. */
export type Executor = Pick<PostgresJsDatabase, 'execute' | 'select' | 'insert' | 'update' | 'delete'> & {
  readonly guard: CopyGuard;
};

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
  /** Asks the server if it is there. @throws ReadOnlyDatabase if it takes no writes, or what keeps it from being reached */
  ping(): Promise<void>;
  close(): Promise<void>;
};

const maxAttempts = 5;
/** Parameters with which a server says that it takes no writes. */
const readOnlyParameters = new Set(['default_transaction_read_only', 'in_hot_standby']);
/** The server ended the connection. The driver says so once more of a connection that it made in that one's place. */
const connectionEnded = new Set(['57P01', '57P02']);

/**
 * Opens a pool of connections; nothing is sent before the first query. The driver is postgres.js: that choice is the
 * project's, and what the driver lacks is made up for around it (lost-connection.ts), not by another driver.
 */
export function connectDatabase(
  url: string,
  options: {
    poolSize: number;
    applicationName: string;
    /** Takes a server that takes no writes too, for who only looks. */
    mayBeReadOnly?: true;
  },
): Database {
  const open = ({ onClosed, onReadOnly }: PoolEvents) =>
    postgres(url, {
      max: options.poolSize,
      onnotice: () => undefined,
      onclose: onClosed,
      // A server says so on each new connection, and whenever it changes.
      onparameter(name, value) {
        if (options.mayBeReadOnly !== true && readOnlyParameters.has(name) && value === 'on') onReadOnly();
      },
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
  const guard = new CopyGuard();
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
        if (isReadOnly(error)) client.refusedWrite();
        if (attempt >= maxAttempts) throw error;
        const state = postgresErrorIn(error)?.code ?? '';
        if (error instanceof UnverifiedDatabase) await guard.verify();
        else if (!lostRaces.has(state) && (begun || !connectionEnded.has(state))) throw error;
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
      const [row] = await client.connections.execute<{ takes: boolean }>(
        `SELECT NOT pg_is_in_recovery() AND current_setting('transaction_read_only') = 'off' AS takes`,
      );
      if (row?.takes === true) return;
      client.refusedWrite();
      throw new ReadOnlyDatabase();
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
