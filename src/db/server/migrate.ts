import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import type { Executor } from '../client.ts';
import { isReadOnly, ReadOnlyDatabase } from '../failures.ts';

const migrationsFolder = fileURLToPath(new URL('../../../migrations', import.meta.url));

/** Spells `MUST`: instances that start together take turns. */
const migrationLock = 0x4d55_5354;

/**
 * Brings the database to the newest schema. Under an advisory lock, so any number of instances may start at once.
 *
 * @throws ReadOnlyDatabase if the server takes no writes
 * @throws Error if a newer program has brought it further: an older one may misread what that wrote
 */
export async function migrateDatabase(url: string): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => undefined, connect_timeout: 5 });
  try {
    await client`SELECT pg_advisory_lock(${migrationLock})`;
    const database = drizzle(client);
    const { unknown } = await countMigrations(database);
    if (unknown > 0) throw new Error(newerSchema(unknown));
    await migrate(database, {
      migrationsFolder,
      migrationsSchema: 'public',
      migrationsTable: 'muster_migrations',
    });
  } catch (error) {
    // A standby refuses even what changes nothing.
    if (isReadOnly(error)) throw new ReadOnlyDatabase({ cause: error });
    throw error;
  } finally {
    await client.end({ timeout: 5 });
  }
}

/** Number of migrations that this version of Muster knows. */
export function knownMigrations(): number {
  return readMigrationFiles({ migrationsFolder }).length;
}

function newerSchema(unknown: number): string {
  const migrations = unknown === 1 ? '1 migration' : `${unknown} migrations`;
  return (
    `the database has had ${migrations} that this version of Muster does not know, so a newer one has served it: ` +
    'start that version or a newer one, or restore a backup from before the upgrade and declare it'
  );
}

/** Counts the migrations that are known here, those of them that a database has had, and those it has had beside them. */
export async function countMigrations(
  db: Pick<Executor, 'execute'>,
): Promise<{ known: number; applied: number; unknown: number }> {
  const known = new Set(readMigrationFiles({ migrationsFolder }).map(({ folderMillis }) => folderMillis));
  const [table] = await db.execute<{ there: boolean }>(
    sql`SELECT to_regclass('public.muster_migrations') IS NOT NULL AS there`,
  );
  if (table?.there !== true) return { known: known.size, applied: 0, unknown: 0 };
  const rows = await db.execute<{ at: string }>(sql`SELECT created_at AS at FROM public.muster_migrations`);
  const applied = rows.filter(({ at }) => known.has(Number(at))).length;
  return { known: known.size, applied, unknown: rows.length - applied };
}
