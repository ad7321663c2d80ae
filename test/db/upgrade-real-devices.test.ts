import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrateDatabase } from '../../src/db/server/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

let database: TestDatabase;
let client: postgres.Sql;

beforeEach(async () => {
  database = await createTestDatabase('template1');
  client = postgres(database.url, { max: 1, onnotice: () => undefined });
});

afterEach(async () => {
  await client.end();
  await database.drop();
});

/** Brings the database to the schema of the version before. */
async function migrateUpTo(newest: number): Promise<void> {
  // One of its own: the migrator changes what a client makes of JSON.
  const migrating = postgres(database.url, { max: 1, onnotice: () => undefined });
  const folder = await mkdtemp(join(tmpdir(), 'muster-migrations-'));
  try {
    await cp(fileURLToPath(new URL('../../migrations', import.meta.url)), folder, { recursive: true });
    const path = join(folder, 'meta', '_journal.json');
    const journal = JSON.parse(await readFile(path, 'utf8')) as { entries: { idx: number }[] };
    journal.entries = journal.entries.filter(({ idx }) => idx <= newest);
    await writeFile(path, JSON.stringify(journal));
    await migrate(drizzle(migrating), {
      migrationsFolder: folder,
      migrationsSchema: 'public',
      migrationsTable: 'muster_migrations',
    });
  } finally {
    await migrating.end();
    await rm(folder, { recursive: true });
  }
}

const timeline = '01990000-0000-7000-8000-000000000001';

async function device(
  name: string,
  {
    spec = {},
    owner = null,
    adopted = false,
    rendered,
  }: { spec?: object; owner?: string | null; adopted?: boolean; rendered?: object },
): Promise<void> {
  const hash = rendered === undefined ? null : name.padEnd(64, '0');
  if (rendered !== undefined) {
    await client`INSERT INTO rendered_specs (hash, spec, created_at) VALUES (${hash}, ${client.json(rendered as never)}, now())`;
  }
  await client`
    INSERT INTO devices (name, owner, spec, spec_adopted, created_at)
    VALUES (${name}, ${owner}, ${client.json(spec as never)}, ${adopted}, now())`;
  await client`
    INSERT INTO device_positions (name, timeline, version, spec_hash, answered_restore_id, rendered_generation)
    VALUES (${name}, ${timeline}, ${rendered === undefined ? 0 : 3}, ${hash}, ${timeline}, 1)`;
}

test('an upgrade puts in force what devices had, delivers none of it, and has everything rolled out and rendered anew', async () => {
  await migrateUpTo(6);
  await client`
    INSERT INTO fleets (name, spec, generation, rolled_out_generation, created_at)
    VALUES ('edge', '{"template": {"spec": {"os": {"image": "new:4"}}}}', 4, 4, now())`;
  const os = (image: string) => ({ os: { image } });
  await device('alone', { spec: os('own:1'), rendered: os('own:1') });
  await device('in-fleet', { spec: os('own:1'), owner: 'Fleet/edge', rendered: os('fleet:3') });
  await device('never-rendered', { spec: os('own:1'), owner: 'Fleet/edge' });
  await device('adopted', { spec: os('adopted:1'), owner: 'Fleet/edge', adopted: true, rendered: os('adopted:1') });
  await device('leaving', {
    spec: { ...os('own:1'), decommissioning: { target: 'Unenroll' } },
    owner: 'Fleet/edge',
    rendered: os('fleet:3'),
  });
  await migrateDatabase(database.url);

  const rows = await client`SELECT name, spec, spec_adopted, template_generation FROM devices ORDER BY name`;
  expect(Object.fromEntries(rows.map((row) => [row['name'], row['spec'] as object]))).toEqual({
    adopted: os('adopted:1'),
    alone: os('own:1'),
    'in-fleet': os('fleet:3'),
    leaving: { ...os('fleet:3'), decommissioning: { target: 'Unenroll' } },
    'never-rendered': {},
  });
  // What keeps a rollout of the same template from replacing it.
  expect(rows.find((row) => row['name'] === 'adopted')).toMatchObject({ spec_adopted: true, template_generation: '4' });
  expect(
    await client`SELECT name FROM device_positions WHERE spec_hash IS NOT NULL OR rendered_generation >= wanted_generation`,
  ).toEqual([]);
  expect(await client`SELECT version FROM device_positions WHERE name = 'in-fleet'`).toEqual([{ version: '3' }]);
  expect(await client`SELECT rolled_out_generation FROM fleets`).toEqual([{ rolled_out_generation: '0' }]);
});
