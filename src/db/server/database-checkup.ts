import { sql } from 'drizzle-orm';
import { connectDatabase } from '../client.ts';
import { readDatabaseIdentity, storedIdentity, type DatabaseIdentity } from '../database-identity.ts';
import { countMigrations } from './migrate.ts';

/** Facts about a database to know before a service runs on it. Reading them changes nothing. */
export type DatabaseCheckup = {
  /** As the server gives it, such as `16.4 (Debian 16.4-1)`. */
  readonly version: string;
  /** The first part of it. */
  readonly majorVersion: number;
  /** Milliseconds by which its clock is ahead of this machine's. */
  readonly clockAheadMs: number;
  /** It follows another server, and takes no writes. */
  readonly isReplica: boolean;
  /** It is set to take no writes. */
  readonly isReadOnly: boolean;
  /** True where what it says is stored survives a crash. */
  readonly isDurable: boolean;
  readonly mayCreate: boolean;
  readonly connections: { readonly allowed: number; readonly inUse: number };
  /** Migrations that it has had, of those that this program knows, and those that only a newer one can know. */
  readonly migrations: { readonly known: number; readonly applied: number; readonly unknown: number };
  /** Identity that is stored in the database, and its real one; undefined if no service has run on the database yet. */
  readonly identity: { readonly stored: DatabaseIdentity | 'unreadable'; readonly real: DatabaseIdentity } | undefined;
};

type Row = {
  version: string;
  number: string;
  now_ms: number;
  replica: boolean;
  read_only: boolean;
  fsync: string;
  full_page_writes: string;
  may_create: boolean;
  allowed: string;
  in_use: string;
  has_state: boolean;
};

/** Looks a database over. @throws what connecting or asking throws */
export async function examineDatabase(url: string): Promise<DatabaseCheckup> {
  const database = connectDatabase(url, {
    poolSize: 1,
    applicationName: 'muster-doctor',
    mayBeReadOnly: true,
  });
  try {
    // The first query connects; the second one takes a round trip, and no more.
    await database.pool.execute(sql`SELECT 1`);
    const askedAt = Date.now();
    const [row] = await database.pool.execute<Row>(sql`
      SELECT current_setting('server_version') AS version, current_setting('server_version_num') AS number,
        (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now_ms, pg_is_in_recovery() AS replica,
        current_setting('default_transaction_read_only') = 'on' AS read_only,
        current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes,
        has_database_privilege(current_database(), 'CREATE') AND has_schema_privilege('public', 'CREATE') AS may_create,
        current_setting('max_connections') AS allowed,
        (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS in_use,
        to_regclass('public.service_state') IS NOT NULL AND to_regclass('public.devices') IS NOT NULL AS has_state`);
    const answeredAt = Date.now();
    if (row === undefined) throw new Error('the database answered nothing');
    return {
      version: row.version,
      majorVersion: Math.floor(Number(row.number) / 10_000),
      clockAheadMs: Math.round(row.now_ms - (askedAt + answeredAt) / 2),
      isReplica: row.replica,
      isReadOnly: row.read_only,
      isDurable: row.fsync === 'on' && row.full_page_writes === 'on',
      mayCreate: row.may_create,
      connections: { allowed: Number(row.allowed), inUse: Number(row.in_use) },
      migrations: await countMigrations(database.pool),
      // A replica has no position of its own to tell one by.
      identity: row.has_state && !row.replica ? await identityOf(database.pool) : undefined,
    };
  } finally {
    await database.close();
  }
}

async function identityOf(db: Parameters<typeof storedIdentity>[0]): Promise<DatabaseCheckup['identity']> {
  const stored = await storedIdentity(db);
  return stored === 'none' ? undefined : { stored, real: (await readDatabaseIdentity(db)).identity };
}
