import { sql } from 'drizzle-orm';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectDatabase, type Database } from '../../src/db/client.ts';
import { readPositions } from '../../src/db/position-store.ts';
import { resumePaused } from '../../src/db/resume-store.ts';
import { graft, type DevicePosition, type ServerPosition } from '../../src/domain/recovery/position.ts';
import { currentTimelines, devicePositions, serverPositions } from '../support/random-positions.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

let own: TestDatabase;
let database: Database;

beforeAll(async () => {
  own = await createTestDatabase();
  database = connectDatabase(own.url, { poolSize: 2, applicationName: 'muster-test' });
});

afterAll(async () => {
  await database.close();
  await own.drop();
});

type Paused = { readonly server: ServerPosition; readonly device: DevicePosition };

async function storePaused(devices: readonly Paused[], restore: string): Promise<void> {
  const rows = devices.map(({ server, device }, index) => ({
    name: `d-${index}`,
    t: server.timeline,
    v: server.version,
    h: server.specHash,
    l: server.lineage,
    rt: device.timeline,
    rv: device.version,
    rh: device.specHash,
  }));
  await database.pool.execute(sql`TRUNCATE devices, events CASCADE`);
  await database.pool.execute(sql`
    WITH r AS MATERIALIZED (SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS r(name text, t uuid, v bigint, h text, l jsonb, rt uuid, rv bigint, rh text)),
    d AS (INSERT INTO devices (name, created_at) SELECT name, now() FROM r)
    INSERT INTO device_positions (name, timeline, version, spec_hash, lineage, reported_timeline, reported_version,
      reported_hash, answered_restore_id, conflict_verdict, conflict_since)
    SELECT name, t, v, h, l, rt, rv, rh, ${restore}::uuid, 'Ahead', now() FROM r`);
}

test('resuming in SQL grafts every device as the domain grafts one', async () => {
  const paused = fc.record({ server: serverPositions, device: devicePositions });
  await fc.assert(
    fc.asyncProperty(
      fc.array(paused, { minLength: 20, maxLength: 60, size: 'max' }),
      currentTimelines,
      async (devices, restore) => {
        await storePaused(devices, restore);
        const { names } = await database.transact((tx) =>
          resumePaused(
            tx,
            { restore, where: sql`true`, limit: undefined },
            { by: { actor: 'user:test' }, reason: undefined, now: new Date() },
          ),
        );
        expect(names).toHaveLength(devices.length);
        const rows = await readPositions(database.pool, names);
        for (const [index, { server, device }] of devices.entries()) {
          const state = rows.get(`d-${index}`)?.state;
          expect(state?.server).toEqual(graft(server, device, restore));
          expect(state).toMatchObject({ conflict: null, reported: device });
        }
      },
    ),
    { numRuns: 20, endOnFailure: true },
  );
});
