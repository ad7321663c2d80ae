import { fileURLToPath } from 'node:url';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import type { DatabaseSnapshot } from './database-snapshot.ts';

const migrationsFolder = fileURLToPath(new URL('../../../migrations', import.meta.url));

/** Last line of a whole script: one that was cut off does not have it. */
export const scriptTrailer = '-- Muster: end of the backup';

/** Statement for the table in which the migrator notes its migrations. No migration makes that table. */
const migrationsTable =
  'CREATE TABLE public.muster_migrations (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint);\n';

/**
 * Writes a database as a script of SQL that any `psql` restores into an empty one: the migrations that it has had, then the rows.
 *
 * @throws Error if a newer program has migrated it: its tables are not known here
 */
export async function* copyScript(snapshot: DatabaseSnapshot): AsyncGenerator<string | Buffer> {
  const files = new Map(readMigrationFiles({ migrationsFolder }).map((file) => [file.folderMillis, file]));
  yield `-- Muster: backup of ${snapshot.takenAt.toISOString()}\n-- Into an empty database: psql -v ON_ERROR_STOP=1 --single-transaction\nSET client_encoding = 'UTF8';\n`;
  for (const at of snapshot.migrations) {
    const migration = files.get(at);
    if (migration === undefined)
      throw new Error('a newer version of Muster has migrated the database: back it up with that version');
    for (const statement of migration.sql) yield `${statement.trim().replace(/;$/, '')};\n`;
  }
  yield migrationsTable;
  for (const table of snapshot.tables) {
    yield `COPY public.${quotedName(table.name)} (${table.columns.map(quotedName).join(', ')}) FROM stdin;\n`;
    yield* snapshot.rows(table);
    yield '\\.\n';
  }
  for (const { name, last } of snapshot.sequences) yield `SELECT setval('public.${quotedName(name)}', ${last});\n`;
  yield `${scriptTrailer}\n`;
}

function quotedName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
