import { sql, type SQL } from 'drizzle-orm';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectDatabase, type Database } from '../../src/db/client.ts';
import { deviceColumns } from '../../src/db/device-columns.ts';
import { ensureGenesis } from '../../src/db/fence.ts';
import { fromDevices, listDevices } from '../../src/db/device-store.ts';
import { isAwaited, isOpen, isPaused } from '../../src/db/gate-sql.ts';
import { deviceStatus } from '../../src/domain/devices/device-document.ts';
import type { DeviceRecord, Viewpoint } from '../../src/domain/devices/device-record.ts';
import { gateOf, type Gate } from '../../src/domain/recovery/gate.ts';
import {
  applicationsSummaryStatusTypeSchema,
  deviceLifecycleStatusTypeSchema,
  deviceSummaryStatusTypeSchema,
  deviceUpdatedStatusTypeSchema,
} from '../../src/domain/resources/device-status-parts.ts';
import { osModeTypeSchema } from '../../src/domain/resources/device-status-items.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { endedDecommission, healthOf, toldStatus, updatingCondition } from '../../src/domain/devices/told-status.ts';
import { timelines } from '../support/random-positions.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const [first, second] = timelines as [string, string];
const now = new Date('2026-11-21T08:00:00.000Z');
const view: Viewpoint = { restore: second, now, disconnectedAfterMs: 60_000 };

let own: TestDatabase;
let database: Database;

beforeAll(async () => {
  own = await createTestDatabase();
  database = connectDatabase(own.url, { poolSize: 2, applicationName: 'muster-test' });
  await database.transact((tx) => ensureGenesis(tx, first, now));
});

afterAll(async () => {
  await database.close();
  await own.drop();
});

const oneOf = <Value extends string>(schema: { options: readonly Value[] }) =>
  fc.option(fc.constantFrom(...schema.options), { nil: undefined });
const saying = <Value extends string>(schema: { options: readonly Value[] }) =>
  fc.option(
    oneOf(schema).map((status) => ({ ...(status !== undefined && { status }) })),
    { nil: undefined },
  );

const at = now.toISOString();
const condition = fc.record({
  type: fc.constantFrom('Updating', 'DeviceDecommissioning', 'SpecValid'),
  status: fc.constantFrom('True', 'False', 'Unknown'),
  reason: fc.constantFrom('Rebooting', 'Preparing', 'Error', 'Completed', 'Updated'),
  message: fc.constantFrom('', 'no space left'),
  lastTransitionTime: fc.constant(at),
});
const application = fc.constant({
  name: 'web',
  ready: '1/1',
  restarts: 0,
  status: 'Running',
  embedded: false,
  appType: 'container',
});
const level = fc.constantFrom('Healthy', 'Warning', 'Critical', 'Error', 'Unknown');

const statuses = fc
  .record(
    {
      summary: saying(deviceSummaryStatusTypeSchema),
      updated: saying(deviceUpdatedStatusTypeSchema),
      applicationsSummary: saying(applicationsSummaryStatusTypeSchema),
      lifecycle: saying(deviceLifecycleStatusTypeSchema),
      osMode: oneOf(osModeTypeSchema),
      conditions: fc.array(condition, { maxLength: 3 }),
      applications: fc.array(application, { maxLength: 2 }),
      // Keys that Muster does not know are kept, and count.
      resources: fc.record({ cpu: level, memory: level, disk: level, gpu: level }, { requiredKeys: [] }),
      os: fc.record({ image: fc.constantFrom('', 'os:1', 'os:2') }, { requiredKeys: [] }),
    },
    { requiredKeys: ['osMode'] },
  )
  .map(({ osMode, ...status }) => ({ ...status, ...(osMode !== undefined && { capabilities: { osMode } }) }));

const specs = fc.constantFrom({}, { config: [] }, { os: { image: '' } }, { os: { image: 'os:1' } });
const problem = fc.option(fc.constant('no such label'), { freq: 8 });

/** A device's row of each table, in any combination that there can be. */
const deviceRows = fc.record({
  mustered: fc.boolean(),
  answered: fc.constantFrom(first, second),
  conflict: fc.option(fc.constantFrom('Ahead', 'Diverged')),
  version: fc.nat(3),
  applied: fc.option(fc.nat(3)),
  spec: specs,
  specProblem: problem,
  rolloutProblem: problem,
  wanted: fc.integer({ min: 1, max: 3 }),
  rendered: fc.nat(3),
  /** Before, at and after the moment at which a silent device counts as disconnected; or never heard of. */
  silentMs: fc.option(fc.constantFrom(0, 59_999, 60_000, 60_001, 3_600_000)),
  lifecycle: oneOf(deviceLifecycleStatusTypeSchema),
  alias: fc.option(fc.constantFrom('', 'a', 'Ä')),
  owner: fc.option(fc.constant('Fleet/north')),
  status: fc.option(statuses),
});
type DeviceRow = typeof deviceRows extends fc.Arbitrary<infer Row> ? Row : never;

async function storeDevices(devices: readonly DeviceRow[]): Promise<void> {
  const rows = devices.map((device, index) => ({
    ...device,
    lifecycle: device.lifecycle ?? null,
    name: `d-${index}`,
    labels: device.alias === null ? {} : { alias: device.alias },
    seen: device.silentMs === null ? null : new Date(now.getTime() - device.silentMs).toISOString(),
    status: device.status,
  }));
  await database.pool.execute(sql`TRUNCATE devices CASCADE`);
  await database.pool.execute(sql`
    WITH r AS MATERIALIZED (SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS r(name text, labels jsonb, owner text, lifecycle text, mustered boolean, answered uuid, conflict text, version bigint,
        applied bigint, wanted bigint, rendered bigint, seen timestamptz, status jsonb, spec jsonb, "specProblem" text,
        "rolloutProblem" text)),
    d AS (INSERT INTO devices (name, labels, owner, lifecycle, created_at, spec, spec_problem, rollout_problem)
      SELECT name, labels, owner, lifecycle, ${at}, spec, "specProblem", "rolloutProblem" FROM r),
    p AS (INSERT INTO device_positions (name, mustered, timeline, version, wanted_generation, rendered_generation,
        applied_version, answered_restore_id, conflict_verdict, conflict_info, conflict_since, last_seen)
      SELECT name, mustered, ${first}::uuid, version, wanted, rendered, applied, answered, conflict, conflict,
        CASE WHEN conflict IS NOT NULL THEN ${at}::timestamptz END, seen FROM r)
    INSERT INTO device_statuses (name, status, reported_at) SELECT name, status, ${at} FROM r
      WHERE status IS NOT NULL AND status <> 'null'::jsonb`);
}

async function selectByName(columns: SQL): Promise<Map<string, Record<string, unknown>>> {
  const rows = await database.pool.execute(sql`SELECT d.name, ${columns} ${fromDevices}`);
  return new Map(rows.map((row) => [String(row['name']), row]));
}

/** Words that a device reads by the rules of the domain. */
function readings(record: DeviceRecord): Record<string, unknown> {
  const status = deviceStatus(record, view);
  return {
    'metadata.name': record.name,
    'metadata.alias': record.labels['alias'] ?? null,
    'metadata.owner': record.owner,
    'metadata.creationTimestamp': record.createdAt.getTime(),
    lastSeen: record.lastSeen?.getTime() ?? null,
    'status.summary.status': status.summary.status,
    'status.updated.status': status.updated.status,
    'status.applicationsSummary.status': status.applicationsSummary.status,
    'status.lifecycle.status': status.lifecycle.status,
    'status.capabilities.osMode': status.capabilities?.osMode ?? null,
  };
}

const timestamps = new Set(['metadata.creationTimestamp', 'lastSeen']);

test('the gate in SQL is the domain’s, of every device exactly one', async () => {
  const columns = sql`${isAwaited(second)} AS awaited, ${isPaused(second)} AS paused, ${isOpen(second)} AS open`;
  await fc.assert(
    fc.asyncProperty(fc.array(deviceRows, { minLength: 20, maxLength: 60, size: 'max' }), async (devices) => {
      await storeDevices(devices);
      const found = await selectByName(columns);
      for (const [index, device] of devices.entries()) {
        const gate: Gate = gateOf(
          {
            mustered: device.mustered,
            answeredRestore: device.answered,
            conflict: device.conflict === null ? null : { verdict: device.conflict },
          },
          second,
        );
        expect(found.get(`d-${index}`)).toMatchObject({
          awaited: gate === 'AwaitingReconnect',
          paused: gate === 'ConflictPaused',
          open: gate === 'Open',
        });
      }
    }),
    { numRuns: 10, endOnFailure: true },
  );
});

test('every field by which devices are selected reads in SQL as the API shows it', async () => {
  const fields = Object.entries(deviceColumns(view));
  const columns = sql.join(
    fields.map(([field, column]) => sql`${column} AS ${sql.identifier(field)}`),
    sql`, `,
  );
  await fc.assert(
    fc.asyncProperty(fc.array(deviceRows, { minLength: 30, maxLength: 80, size: 'max' }), async (devices) => {
      await storeDevices(devices);
      const found = await selectByName(columns);
      const { records } = await listDevices(database.pool, { where: sql`true`, after: undefined, limit: 1_000 });
      expect(records).toHaveLength(devices.length);
      for (const record of records) {
        const row = found.get(record.name) ?? {};
        const read = fields.map(([field]) => {
          const value = row[field] ?? null;
          return [field, timestamps.has(field) && typeof value === 'string' ? new Date(value).getTime() : value];
        });
        expect(Object.fromEntries(read)).toEqual(readings(record));
      }
    }),
    { numRuns: 20, endOnFailure: true },
  );
});

test('what a stored status says of the device reads in its generated columns as in the domain', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(deviceRows, { minLength: 30, maxLength: 80, size: 'max' }), async (devices) => {
      await storeDevices(devices);
      const rows = await database.pool.execute<{ status: JsonObject }>(
        sql`SELECT status, updating, health, decommissioned FROM device_statuses`,
      );
      for (const { status, ...generated } of rows) {
        const told = toldStatus(status);
        expect(generated).toEqual({
          updating: updatingCondition(told) !== undefined,
          health: healthOf(told),
          decommissioned: endedDecommission(told) !== undefined,
        });
      }
    }),
    { numRuns: 10, endOnFailure: true },
  );
});
