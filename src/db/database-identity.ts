import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Executor } from './client.ts';
import { serviceState } from './schema.ts';

/**
 * Identity that tells a database from a copy of it (design.md, section 5). It is stored in a row that travels with a copy; the
 * real one does not travel.
 */
export type DatabaseIdentity = {
  /** Identifies the cluster: another one after initdb, so after a logical restore into a new server or a pg_upgrade. */
  readonly systemIdentifier: string;
  /** Timeline of the write-ahead log: another one after a point-in-time recovery or a failover. */
  readonly walTimeline: number;
  /** Object id of the database: another one after CREATE DATABASE, as for a dump to be restored into. */
  readonly database: string;
  /** Object id of the table of devices: another one after a dump was restored over the tables. */
  readonly devicesTable: string;
};

const storedSchema = z.object({
  systemIdentifier: z.string(),
  walTimeline: z.number(),
  database: z.string(),
  devicesTable: z.string(),
});

const databaseOid = sql`(SELECT oid::text FROM pg_database WHERE datname = current_database())`;

/**
 * Mark that tells if the identity has to be read again. It changes with every copy, and also with every restart of the
 * server, and is cheap to read.
 */
export const databaseMark = sql<string>`pg_postmaster_start_time()::text || ' ' || ${databaseOid} || ' ' || 'devices'::regclass::oid`;

/**
 * The real identity, and what goes with it. The position is that up to which the log is on disk: what comes after it may be
 * gone when the server has crashed, and nothing was restored then.
 */
export async function readDatabaseIdentity(
  db: Executor,
): Promise<{ identity: DatabaseIdentity; mark: string; walPosition: bigint }> {
  const [row] = await db.execute<{
    system: string;
    timeline: number;
    database: string;
    devices: string;
    mark: string;
    wal: string;
  }>(sql`
    SELECT (SELECT system_identifier::text FROM pg_control_system()) AS system,
      ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int AS timeline,
      ${databaseOid} AS database, 'devices'::regclass::oid::text AS devices, ${databaseMark} AS mark,
      (pg_current_wal_flush_lsn() - '0/0'::pg_lsn)::text AS wal`);
  if (row === undefined) throw new Error('the identity of the database cannot be read');
  const { system, timeline, database, devices } = row;
  return {
    identity: { systemIdentifier: system, walTimeline: timeline, database, devicesTable: devices },
    mark: row.mark,
    walPosition: BigInt(row.wal),
  };
}

/** The identity of the database that the row was written in; `none` if none was stored yet. */
export async function storedIdentity(db: Executor): Promise<DatabaseIdentity | 'none' | 'unreadable'> {
  const [row] = await db.select({ identity: serviceState.databaseIdentity }).from(serviceState);
  const identity = row?.identity ?? null;
  return identity === null ? 'none' : (storedSchema.safeParse(identity).data ?? 'unreadable');
}

export async function storeIdentity(tx: Executor, identity: DatabaseIdentity): Promise<void> {
  await tx.update(serviceState).set({ databaseIdentity: { ...identity } });
}
