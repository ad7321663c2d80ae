import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';

const migrationsFolder = fileURLToPath(new URL('../../migrations', import.meta.url));

/** Spells `MUST`: instances that start together take turns. */
const migrationLock = 0x4d55_5354;

/** Brings the database to the newest schema. Under an advisory lock, so any number of instances may start at once. */
export async function migrateDatabase(url: string): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => undefined, connect_timeout: 5 });
  try {
    await client`SELECT pg_advisory_lock(${migrationLock})`;
    await migrate(drizzle(client), {
      migrationsFolder,
      migrationsSchema: 'public',
      migrationsTable: 'muster_migrations',
    });
  } finally {
    await client.end({ timeout: 5 });
  }
}
