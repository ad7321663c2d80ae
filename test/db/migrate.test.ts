import postgres from 'postgres';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { migrateDatabase } from '../../src/db/server/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

let empty: TestDatabase;

beforeEach(async () => {
  empty = await createTestDatabase('template1');
});

afterEach(async () => {
  await empty.drop();
});

/** Parts of a migrated database: its columns, indexes and constraints. */
async function schemaOf(url: string): Promise<{ migrations: number; parts: string[] }> {
  const client = postgres(url, { max: 1 });
  try {
    const [row] = await client`SELECT count(*)::int AS migrations FROM muster_migrations`;
    const parts = await client`
      SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type AS part
        FROM information_schema.columns WHERE table_schema = 'public'
      UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
      UNION ALL SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 0
      ORDER BY 1`;
    return { migrations: Number(row?.['migrations']), parts: parts.map((row) => String(row['part'])) };
  } finally {
    await client.end();
  }
}

test('migrating a second time changes nothing', async () => {
  await migrateDatabase(empty.url);
  const once = await schemaOf(empty.url);
  expect(once.parts.length).toBeGreaterThan(100);
  await migrateDatabase(empty.url);
  expect(await schemaOf(empty.url)).toEqual(once);
});

test('instances that start at the same time migrate it once', async () => {
  await Promise.all([1, 2, 3, 4].map(() => migrateDatabase(empty.url)));
  const together = await schemaOf(empty.url);
  expect(together.migrations).toBeGreaterThan(0);
  await migrateDatabase(empty.url);
  expect(await schemaOf(empty.url)).toEqual(together);
});

test('a database that a newer program has served is refused, with what to do, and stays as it is', async () => {
  await migrateDatabase(empty.url);
  const client = postgres(empty.url, { max: 1 });
  onTestFinished(() => client.end());
  await client`INSERT INTO muster_migrations (hash, created_at) VALUES ('newer', 9999999999999)`;
  const before = await schemaOf(empty.url);
  await expect(migrateDatabase(empty.url)).rejects.toThrow(
    'the database has had 1 migration that this version of Muster does not know, so a newer one has served it: start that version',
  );
  expect(await schemaOf(empty.url)).toEqual(before);
});
