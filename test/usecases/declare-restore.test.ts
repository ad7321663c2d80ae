import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import type { BusMessage } from '../../src/bus/bus.ts';
import { createLocalBus } from '../../src/bus/local-bus.ts';
import { MusterError } from '../../src/domain/errors.ts';
import { acceptReports } from '../../src/usecases/accept-reports.ts';
import { declareRestore } from '../../src/usecases/declare-restore.ts';
import { readRestore } from '../../src/usecases/read-restores.ts';
import { by } from '../support/fleet-fixture.ts';
import { connectTo, holdTransaction, until, untilWaiting, within } from '../support/held-transactions.ts';
import { eventRows, keptCounts, rowsOfDeclaration } from '../support/restore-rows.ts';
import { eventReasons, restoreCounts } from '../support/table-rows.ts';
import { useFleet } from '../support/use-fleet.ts';

const bus = createLocalBus();
const heard: BusMessage[] = [];
bus.subscribe((message) => heard.push(message));

const { here, fleet } = await useFleet({ overrides: { bus: { ...bus, close: async () => undefined } } });

beforeEach(async () => {
  heard.length = 0;
});

const declare = (declaration: Partial<Parameters<typeof declareRestore>[1]> = {}) =>
  declareRestore(here.context, { by, ...declaration });

async function refusal(work: Promise<unknown>): Promise<MusterError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof MusterError) return error;
  throw new Error(`expected a refusal, found ${String(error)}`);
}

describe('declaring a restore', () => {
  test('makes every device await, whatever its gate was, and keeps conflicts', async () => {
    await fleet.running('open');
    await fleet.create('new');
    await fleet.paused('paused');
    await declare();
    expect(await keptCounts(here.context)).toMatchObject({
      total: 3,
      awaiting: 3,
      answered: 0,
      conflict_paused: 0,
    });
    const { kept, counted } = await restoreCounts(here.context);
    expect(kept).toEqual(counted);
    expect((await fleet.row('paused')).state.conflict?.verdict).toBe('Ahead');
  });

  test('says who declared it, why, and which backup', async () => {
    const backup = { artifact: 's3://backups/1', sha256: 'ab'.repeat(32), takenAt: '2026-11-20T02:00:00.000Z' };
    const { restore } = await declare({ reason: 'INC-4211', backup });
    expect(await readRestore(here.context, restore.id)).toMatchObject({
      spec: { reason: 'INC-4211', backup, declaredBy: by.actor, previous: null },
      metadata: { name: restore.id, creationTimestamp: here.clock.now().toISOString() },
    });
  });

  test('writes one event, in the new restore', async () => {
    const { restore } = await declare({ reason: 'INC-4211' });
    const events = await eventRows(here.context);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      reason: 'SystemRestored',
      type: 'Warning',
      actor: by.actor,
      restore: restore.id,
      involved_name: restore.id,
    });
    expect(events[0]?.message).toContain('INC-4211');
  });

  test('tells every instance, after the commit', async () => {
    const { restore } = await declare();
    await until(() => heard.length > 0);
    expect(heard).toEqual([{ type: 'restore-declared', restore: restore.id }]);
    expect(await here.restore()).toBe(restore.id);
  });

  test('settles at once where there is no device', async () => {
    const { restore } = await declare();
    expect((await readRestore(here.context, restore.id)).status).toMatchObject({
      phase: 'Settled',
      settledAt: here.clock.now().toISOString(),
    });
  });

  test('supersedes the one before, whose counts stay as they were', async () => {
    await fleet.running('a', 'b');
    const first = await declare();
    await fleet.report('a', await fleet.rendered('a'));
    here.clock.advance(1_000);
    const second = await declare();
    const shown = await readRestore(here.context, first.restore.id);
    expect(shown.status).toMatchObject({
      phase: 'Superseded',
      devices: { total: 2, awaitingReconnect: 1, answered: 1, inSync: 1 },
    });
    expect((await readRestore(here.context, 'current')).spec.previous).toBe(first.restore.id);
    expect((await readRestore(here.context, second.restore.id)).status.devices).toMatchObject({
      total: 2,
      awaitingReconnect: 2,
      answered: 0,
    });
  });

  test('gives two restores of the same backup at the same time two different timelines', async () => {
    const [one, other] = [await declare({ reason: 'again' }), await declare({ reason: 'again' })];
    expect(one.restore.id).not.toBe(other.restore.id);
    expect(one.created && other.created).toBe(true);
  });

  test('writes as many rows for three thousand devices as for three, and none of a device', async () => {
    await fleet.running('a', 'b', 'c');
    await declare();
    const few = await rowsOfDeclaration(here.context);
    await here.context.database.pool.execute(sql`
      WITH d AS (INSERT INTO devices (name, created_at) SELECT 'm-' || n, now() FROM generate_series(1, 3000) n RETURNING name)
      INSERT INTO device_positions (name, timeline, answered_restore_id)
        SELECT name, current_restore, current_restore FROM d, service_state`);
    await here.context.database.pool.execute(sql`UPDATE restores SET total = total + 3000`);
    await declare();
    expect(await rowsOfDeclaration(here.context)).toEqual(few);
    expect(few).toEqual({ service_state: 1, restores: 2, events: 1 });
    expect(await restoreCounts(here.context)).toMatchObject({
      kept: { total: 3_003, awaiting: 3_003, paused: 0 },
      counted: { total: 3_003, awaiting: 3_003, paused: 0 },
    });
  });

  test('leaves nothing behind when it fails before its commit', async () => {
    await fleet.running('a');
    const before = await here.restore();
    const failing = here.context.database.transact(async (tx) => {
      await declareRestore({ ...here.context, database: within(here.context.database, tx) }, { by });
      throw new Error('killed');
    });
    await expect(failing).rejects.toThrow('killed');
    expect(await here.restore()).toBe(before);
    expect(await eventRows(here.context, 'SystemRestored')).toEqual([]);
    expect(await keptCounts(here.context)).toMatchObject({ total: 1, awaiting: 0 });
  });

  test('empties the queue of what belongs to the restore before', async () => {
    const discarded: string[] = [];
    const queue = { ...here.context.queue, discardOlderJobs: () => discarded.push('all') };
    await declareRestore({ ...here.context, queue }, { by, idempotencyKey: 'k' });
    await declareRestore({ ...here.context, queue }, { by, idempotencyKey: 'k' });
    expect(discarded).toEqual(['all']);
  });
});

describe('an idempotency key', () => {
  test('answers the same restore, and changes nothing the second time', async () => {
    await fleet.running('a');
    const first = await declare({ idempotencyKey: 'k', reason: 'r' });
    await fleet.report('a', await fleet.rendered('a'));
    const again = await declare({ idempotencyKey: 'k', reason: 'r' });
    expect(again).toMatchObject({ created: false, restore: { id: first.restore.id } });
    expect(await eventRows(here.context, 'SystemRestored')).toHaveLength(1);
    expect(await keptCounts(here.context)).toMatchObject({ awaiting: 0, answered: 1 });
    expect(await eventReasons(here.context, 'a')).toEqual(['ResourceCreated', 'DeviceAnswered']);
  });

  test.each([
    ['another reason', { reason: 'other' }],
    ['no reason', { reason: undefined }],
    ['a backup', { reason: 'r', backup: { artifact: 'x' } }],
  ])('is refused with %s', async (_name, declaration) => {
    const { restore } = await declare({ idempotencyKey: 'k', reason: 'r' });
    const error = await refusal(declare({ idempotencyKey: 'k', ...declaration }));
    expect(error).toMatchObject({ status: 409 });
    expect(error.message).toContain(restore.id);
    expect(await here.restore()).toBe(restore.id);
  });

  test('still answers the same restore when another one has been declared since', async () => {
    const first = await declare({ idempotencyKey: 'k' });
    const second = await declare({ idempotencyKey: 'l' });
    expect((await declare({ idempotencyKey: 'k' })).restore.id).toBe(first.restore.id);
    expect(await here.restore()).toBe(second.restore.id);
  });

  test('used by many at once makes one restore', async () => {
    const declared = await Promise.all(Array.from({ length: 8 }, () => declare({ idempotencyKey: 'k' })));
    expect(new Set(declared.map(({ restore }) => restore.id)).size).toBe(1);
    expect(declared.filter(({ created }) => created)).toHaveLength(1);
  });
});

describe('a declaration among other work', () => {
  test('waits for a batch of reports under way, and then awaits those devices too', async () => {
    await fleet.running('a');
    const other = connectTo(here.database);
    const under = await holdTransaction(here.context.database, (tx) =>
      acceptReports({ ...here.context, database: within(here.context.database, tx) }, [
        { device: 'a', position: { timeline: null, version: 9, specHash: null } },
      ]),
    );
    const declaring = declareRestore({ ...here.context, database: other }, { by });
    await untilWaiting(here.context.database);
    await under.commit();
    const { restore } = await declaring;
    expect(under.result.restore).not.toBe(restore.id);
    const { kept, counted } = await restoreCounts(here.context);
    expect(kept).toEqual({ total: 1, awaiting: 1, paused: 0 });
    expect(kept).toEqual(counted);
    expect((await fleet.row('a')).state.conflict).not.toBeNull();
    await other.close();
  });

  test('declared many times while devices report ends with counters that are exact', async () => {
    const names = Array.from({ length: 10 }, (_, n) => `d-${n}`);
    await fleet.running(...names);
    const reporting = names.map(async (name, n) => {
      for (let version = 1; version < 6; version += 1) await fleet.report(name, n % 3 === 0 ? version : 1);
    });
    for (let n = 0; n < 5; n += 1) await declare();
    await Promise.all(reporting);
    const { kept, counted } = await restoreCounts(here.context);
    expect(kept).toEqual(counted);
  });
});
