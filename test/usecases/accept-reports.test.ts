import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../src/db/client.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { maxClaimedVersion } from '../../src/domain/recovery/position.ts';
import { acceptReports } from '../../src/usecases/accept-reports.ts';
import { decommissionDevice } from '../../src/usecases/decommission-device.ts';
import { deleteDevice } from '../../src/usecases/delete-device.ts';
import { readRestore } from '../../src/usecases/read-restores.ts';
import { by, inFull } from '../support/fleet-fixture.ts';
import { foreignTimeline, hashes } from '../support/random-positions.ts';
import { countedAnswers, eventRows, keptCounts } from '../support/restore-rows.ts';
import { eventReasons, positionRow, restoreCounts } from '../support/table-rows.ts';
import { useFleet } from '../support/use-fleet.ts';

const { here, fleet } = await useFleet();

/** The rows of a device and of the current restore, with the transactions that wrote them. */
async function writers(name: string): Promise<JsonObject> {
  const [row] = await here.context.database.pool.execute<JsonObject>(sql`
    SELECT p.xmin::text AS position, r.xmin::text AS restore, (SELECT count(*) FROM events)::int AS events
    FROM device_positions p, service_state s JOIN restores r ON r.id = s.current_restore WHERE p.name = ${name}`);
  return row ?? {};
}

async function storedDocuments(name: string): Promise<JsonObject> {
  const [row] = await here.context.database.pool.execute<JsonObject>(sql`
    SELECT s.status, o.version::int AS spec_version, o.spec
    FROM devices d LEFT JOIN device_statuses s USING (name) LEFT JOIN device_specs o USING (name) WHERE d.name = ${name}`);
  return row ?? {};
}

describe('the first answer to a restore', () => {
  beforeEach(async () => {
    await fleet.running('a');
    await fleet.edit('a', 'quay.io/acme/a:2');
    await fleet.render();
    await fleet.report('a', await fleet.rendered('a'));
    await fleet.declareRestore();
    here.clock.advance(5_000);
  });

  test('of a device that is where the server believes it to be opens its gate', async () => {
    const outcome = await fleet.report('a', await fleet.rendered('a'));
    expect(outcome).toMatchObject({ verdict: 'InSync', gate: 'Open', justJudged: true, renderPending: false });
    expect(await keptCounts(here.context)).toMatchObject({ awaiting: 0, answered: 1, in_sync: 1, behind: 0 });
    expect((await eventReasons(here.context, 'a')).slice(-1)).toEqual(['DeviceAnswered']);
  });

  test.each([
    ['an older version', 1],
    ['version 0', 0],
    ['nothing', null],
  ])('of a device that says %s', async (_name, version) => {
    const outcome = await fleet.report('a', version === null ? 0 : version);
    expect(outcome).toMatchObject({ verdict: 'Behind', gate: 'Open', justJudged: true });
    expect(await keptCounts(here.context)).toMatchObject({ awaiting: 0, answered: 1, in_sync: 0, behind: 1 });
  });

  test.each([
    ['of a higher version', inFull(3), 'Ahead'],
    ['of a timeline that is not in the history', { timeline: foreignTimeline, version: 1, specHash: null }, 'Diverged'],
    ['of the same version with other content', { timeline: null, version: 2, specHash: hashes[0] }, 'Diverged'],
  ] as const)('%s pauses it', async (_name, position, verdict) => {
    const outcome = await fleet.report('a', position as never);
    expect(outcome).toMatchObject({ verdict, gate: 'ConflictPaused', justJudged: true });
    expect(await keptCounts(here.context)).toMatchObject({
      awaiting: 0,
      answered: 1,
      in_sync: 0,
      behind: 0,
      conflict_paused: 1,
    });
    expect(await positionRow(here.context, 'a')).toMatchObject({ conflict_verdict: verdict });
    const [event, ...more] = await eventRows(here.context, 'DeviceConflictPaused');
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      type: 'Warning',
      involved_name: 'a',
      restore: await here.restore(),
      details: { verdict, device: position, server: { version: 2 } },
    });
  });

  test('is counted in the histogram once, and settles the restore when it is the last', async () => {
    await fleet.report('a', await fleet.rendered('a'));
    await fleet.report('a', await fleet.rendered('a'));
    expect(await countedAnswers(here.context)).toBe(1);
    expect(await eventRows(here.context, 'RestoreSettled')).toHaveLength(1);
    expect((await restoreCounts(here.context)).settled).toBe(true);
  });

  test('of the last device does not settle the restore while that device is paused', async () => {
    await fleet.report('a', 9);
    expect((await restoreCounts(here.context)).settled).toBe(false);
    await fleet.resumeNamed('a');
    expect((await restoreCounts(here.context)).settled).toBe(true);
    expect(await eventRows(here.context, 'RestoreSettled')).toHaveLength(1);
  });

  test('is followed by a conflict: the restore is mustering again until that is decided', async () => {
    await fleet.report('a', await fleet.rendered('a'));
    expect(await readRestore(here.context, 'current')).toMatchObject({ status: { phase: 'Settled' } });
    here.clock.advance(1_000);
    await fleet.report('a', 9);
    await fleet.report('a', 9);
    expect(await readRestore(here.context, 'current')).toMatchObject({
      status: { phase: 'Mustering', settledAt: null, devices: { conflictPaused: 1 } },
    });
    here.clock.advance(1_000);
    await fleet.resumeNamed('a');
    const settledAt = here.clock.now().toISOString();
    expect(await readRestore(here.context, 'current')).toMatchObject({ status: { phase: 'Settled', settledAt } });
    expect(await eventReasons(here.context, await here.restore())).toEqual([
      'SystemRestored',
      'RestoreSettled',
      'DeviceAheadWithoutRestore',
      'RestoreMusteringAgain',
      'RestoreSettled',
    ]);
  });
});

test('a conflict before any restore makes none that musters', async () => {
  await fleet.running('a');
  await fleet.report('a', 9);
  await fleet.resumeNamed('a');
  expect(await eventReasons(here.context, await here.restore())).toEqual(['DeviceAheadWithoutRestore']);
});

describe('a version that a device states', () => {
  test('is refused where no server can have given it, and changes nothing; the rest of its batch is taken', async () => {
    await fleet.running('a', 'b');
    const before = await positionRow(here.context, 'a');
    here.clock.advance(60_000);
    const { outcomes } = await acceptReports(here.context, [
      { device: 'a', position: inFull(maxClaimedVersion + 1), status: { applications: [] } },
      { device: 'b', position: inFull(1), applied: maxClaimedVersion + 1 },
      { device: 'b', position: inFull(1) },
    ]);
    expect(outcomes).toMatchObject([{ kind: 'refused' }, { kind: 'refused' }, { kind: 'known', verdict: 'InSync' }]);
    expect(await positionRow(here.context, 'a')).toEqual(before);
    expect(await storedDocuments('a')).toMatchObject({ status: null });
  });

  test('is always taken where the device was given it, also after its server was lost', async () => {
    await fleet.running('a');
    await fleet.report('a', maxClaimedVersion);
    await fleet.resumeNamed('a');
    await fleet.render();
    const given = await fleet.rendered('a');
    expect(given.version).toBe(maxClaimedVersion + 1);
    expect(await fleet.report('a', given, { applied: given.version })).toMatchObject({ verdict: 'InSync' });

    await fleet.running('b');
    await fleet.declareRestore();
    expect(await fleet.report('b', maxClaimedVersion + 1)).toMatchObject({ verdict: 'Ahead', gate: 'ConflictPaused' });
    expect(await fleet.report('b', maxClaimedVersion + 1)).toMatchObject({ gate: 'ConflictPaused' });
  });
});

describe('what a device applied', () => {
  test('is kept beside what it reported, may go down, and is written only where it changes', async () => {
    await fleet.running('a');
    const applied = async () => (await fleet.row('a')).applied;
    expect(await applied()).toBe(1);
    await fleet.edit('a', 'quay.io/acme/a:2');
    await fleet.render();
    await fleet.report('a', 2);
    expect(await applied()).toBe(1);
    const before = await writers('a');
    await fleet.report('a', 2);
    await fleet.report('a', 2, { applied: 1 });
    await fleet.report('a', null);
    expect(await writers('a')).toEqual(before);
    await fleet.reportAll([
      { device: 'a', position: inFull(2), applied: 2 },
      { device: 'a', position: inFull(2) },
    ]);
    expect(await applied()).toBe(2);
    await fleet.reportAll([
      { device: 'a', position: inFull(2), applied: 2 },
      { device: 'a', position: inFull(1) },
    ]);
    expect(await applied()).toBe(1);
    expect((await fleet.row('a')).state.reported?.version).toBe(2);
  });
});

describe('a report that changes nothing', () => {
  test('writes nothing at all within ten seconds, nor an event ever', async () => {
    await fleet.running('a');
    const before = await writers('a');
    here.clock.advance(9_999);
    await fleet.report('a', await fleet.rendered('a'));
    expect(await writers('a')).toEqual(before);
  });

  test('writes the last-seen time and nothing else after that, a moment later', async () => {
    await fleet.running('a');
    const before = { row: await positionRow(here.context, 'a'), by: await writers('a') };
    here.clock.advance(10_000);
    await fleet.report('a', await fleet.rendered('a'));
    expect(await writers('a')).toEqual(before.by);
    await here.context.lastSeen.write();
    const after = { row: await positionRow(here.context, 'a'), by: await writers('a') };
    expect(after.row?.last_seen).not.toBe(before.row?.last_seen);
    expect({ ...after.row, last_seen: null }).toEqual({ ...before.row, last_seen: null });
    expect(after.by).toMatchObject({ restore: before.by['restore'], events: before.by['events'] });
  });

  test('of a paused device writes no more than that of any other', async () => {
    await fleet.paused('a');
    const { reported } = (await fleet.row('a')).state;
    const before = await writers('a');
    for (let n = 0; n < 3; n += 1) await fleet.report('a', reported);
    expect(await writers('a')).toEqual(before);
  });

  test('from a clock that went back is still noted', async () => {
    await fleet.running('a');
    here.clock.advance(-60_000);
    await fleet.report('a', await fleet.rendered('a'));
    await here.context.lastSeen.write();
    expect((await fleet.row('a')).lastSeen).toEqual(here.clock.now());
    here.clock.advance(60_000);
  });
});

test('a report that was read before a restore and is written after it is judged in that restore', async () => {
  await fleet.running('a');
  const { database } = here.context;
  let declared: string | undefined;
  const overtaken: Database = {
    ...database,
    async read(statement) {
      const result = await database.read(statement);
      declared ??= await fleet.declareRestore();
      return result;
    },
  };
  const { outcomes } = await acceptReports({ ...here.context, database: overtaken }, [
    { device: 'a', position: inFull(7) },
  ]);
  expect(outcomes).toMatchObject([{ restore: declared, gate: 'ConflictPaused', justJudged: true }]);
  expect(await keptCounts(here.context)).toMatchObject({ awaiting: 0, answered: 1, conflict_paused: 1 });
  expect(await eventRows(here.context, 'DeviceConflictPaused')).toMatchObject([{ restore: declared }]);
});

describe('a conflict', () => {
  test('in normal operation pauses the device, with one event for it and one for the service', async () => {
    await fleet.running('a');
    expect(await fleet.report('a', 2)).toMatchObject({ verdict: 'Ahead', gate: 'ConflictPaused', justJudged: true });
    expect(await eventReasons(here.context, 'a')).toEqual(['ResourceCreated', 'DeviceConflictPaused']);
    expect(await eventRows(here.context, 'DeviceAheadWithoutRestore')).toHaveLength(1);
  });

  test('is not undone by any later report, and has one event however many follow', async () => {
    await fleet.paused('a');
    for (const version of [4, 1, 0, 3, 4, 2]) {
      expect(await fleet.report('a', version)).toMatchObject({ gate: 'ConflictPaused', justJudged: false });
    }
    expect(await eventRows(here.context, 'DeviceConflictPaused')).toHaveLength(1);
    expect(await keptCounts(here.context)).toMatchObject({ conflict_paused: 1, answered: 1 });
  });

  test('outlives the next restore, and is counted in that too', async () => {
    await fleet.paused('a');
    await fleet.declareRestore();
    expect(await fleet.report('a', 1)).toMatchObject({ verdict: 'InSync', gate: 'ConflictPaused', justJudged: true });
    expect(await keptCounts(here.context)).toMatchObject({ awaiting: 0, answered: 1, in_sync: 0, conflict_paused: 1 });
    expect(await eventRows(here.context, 'DeviceConflictPaused')).toHaveLength(2);
  });

  test('is not undone by an edit, nor is anything rendered because of one', async () => {
    await fleet.paused('a');
    await fleet.edit('a', 'quay.io/acme/a:2');
    expect(await fleet.render()).toBe(0);
    expect((await fleet.row('a')).state.conflict).not.toBeNull();
  });

  test('makes Muster want the device’s spec until it has it', async () => {
    await fleet.paused('a');
    const spec = { os: { image: 'quay.io/acme/a:4' } };
    expect(await fleet.report('a', 4)).toMatchObject({ wantsSpec: true });
    expect(await fleet.report('a', 4, { spec })).toMatchObject({ wantsSpec: false });
    expect(await fleet.report('a', 4)).toMatchObject({ wantsSpec: false });
    expect(await storedDocuments('a')).toMatchObject({ spec_version: 4, spec });
    expect(await fleet.report('a', 5)).toMatchObject({ wantsSpec: true });
  });

  test('of a device that runs a spec known by its hash wants nothing', async () => {
    await fleet.running('a', 'b');
    const { specHash } = await fleet.rendered('b');
    await fleet.declareRestore();
    expect(await fleet.report('a', { timeline: null, version: 9, specHash })).toMatchObject({ wantsSpec: false });
  });
});

describe('a batch', () => {
  test('answers its reports in their order, each as of that moment', async () => {
    await fleet.running('a', 'b');
    await fleet.declareRestore();
    const outcomes = await fleet.reportAll(
      [
        ['a', 1],
        ['b', 1],
        ['a', 7],
        ['a', 1],
        ['b', 1],
      ].map(([device, version]) => ({ device: String(device), position: inFull(Number(version)) })),
    );
    expect(outcomes).toMatchObject([
      { verdict: 'InSync', gate: 'Open', justJudged: true },
      { verdict: 'InSync', gate: 'Open', justJudged: true },
      { verdict: 'Ahead', gate: 'ConflictPaused', justJudged: true },
      { verdict: 'InSync', gate: 'ConflictPaused', justJudged: false },
      { verdict: 'InSync', gate: 'Open', justJudged: false },
    ]);
    expect(await keptCounts(here.context)).toMatchObject({ awaiting: 0, answered: 2, in_sync: 2, conflict_paused: 1 });
    expect((await eventReasons(here.context, 'a')).slice(-2)).toEqual(['DeviceAnswered', 'DeviceConflictPaused']);
    expect(await countedAnswers(here.context)).toBe(2);
  });

  test('of hundreds of reports of one device is one answer', async () => {
    await fleet.running('a');
    await fleet.declareRestore();
    const reports = Array.from({ length: 300 }, (_, n) => ({ device: 'a', position: inFull(n % 7) }));
    await fleet.reportAll(reports);
    expect(await keptCounts(here.context)).toMatchObject({ awaiting: 0, answered: 1, behind: 1, conflict_paused: 1 });
    expect((await fleet.row('a')).state.reported?.version).toBe(6);
    expect(await eventRows(here.context, 'DeviceAnswered', 'DeviceConflictPaused')).toHaveLength(2);
  });

  test('keeps the last status and spec that were sent', async () => {
    await fleet.running('a');
    await fleet.reportAll([
      { device: 'a', position: inFull(1), status: { summary: { status: 'Error' } } },
      { device: 'a', position: inFull(1), status: { summary: { status: 'Online' } }, spec: { os: { image: 'x:1' } } },
      { device: 'a', position: null },
    ]);
    expect(await storedDocuments('a')).toEqual({
      status: { summary: { status: 'Online' } },
      spec_version: 1,
      spec: { os: { image: 'x:1' } },
    });
  });

  test('says which devices may be rendered now and need it', async () => {
    await fleet.running('a', 'b', 'c');
    await fleet.declareRestore();
    for (const name of ['a', 'b']) await fleet.edit(name, 'quay.io/acme/x:2');
    const { toRender } = await acceptReports(here.context, [
      { device: 'a', position: inFull(1) },
      { device: 'b', position: inFull(9) },
      { device: 'c', position: inFull(1) },
    ]);
    expect(toRender).toEqual(['a']);
  });
});

describe('a report without a position', () => {
  test('is noted and not judged: an awaited device stays so', async () => {
    await fleet.running('a');
    await fleet.declareRestore();
    const outcome = await fleet.report('a', null, { status: { summary: { status: 'Online' } } });
    expect(outcome).toMatchObject({ gate: 'AwaitingReconnect', justJudged: false });
    expect(await keptCounts(here.context)).toMatchObject({ awaiting: 1, answered: 0 });
    expect(await storedDocuments('a')).toMatchObject({ status: { summary: { status: 'Online' } } });
  });

  test('of a paused device is told that it is paused, and whether its spec is wanted', async () => {
    await fleet.paused('a');
    expect(await fleet.report('a', null)).toMatchObject({ verdict: 'Ahead', gate: 'ConflictPaused', wantsSpec: true });
    await fleet.report('a', 4, { spec: { os: { image: 'x:1' } } });
    expect(await fleet.report('a', null)).toMatchObject({ gate: 'ConflictPaused', wantsSpec: false });
  });
});

describe('a device that takes no part in musters', () => {
  test('is not judged, whatever it says, and not awaited after a restore', async () => {
    await fleet.running('a', 'b');
    await decommissionDevice(here.context, { name: 'a', target: 'Unenroll', by });
    await fleet.declareRestore();
    expect(await keptCounts(here.context)).toMatchObject({ total: 1, awaiting: 1 });
    const before = await eventReasons(here.context, 'a');
    expect(await fleet.report('a', 99)).toMatchObject({ gate: 'Open', justJudged: false });
    expect(await eventReasons(here.context, 'a')).toEqual(before);
    expect(await positionRow(here.context, 'a')).toMatchObject({ conflict_verdict: null });
    expect(await keptCounts(here.context)).toMatchObject({ total: 1, awaiting: 1, answered: 0 });
  });
});

describe('a device that the database does not know', () => {
  const unknown = async () =>
    await here.context.database.pool.execute<JsonObject>(
      sql`SELECT name, claimed_timeline, claimed_version::int, claimed_hash, restore FROM unknown_devices ORDER BY name`,
    );

  test('is told so and noted, and does not disturb the others of its batch', async () => {
    await fleet.running('a');
    const restore = await fleet.declareRestore();
    const outcomes = await fleet.reportAll([
      { device: 'lost', position: { timeline: foreignTimeline, version: 7, specHash: null } },
      { device: 'a', position: inFull(1) },
    ]);
    expect(outcomes).toMatchObject([
      { kind: 'unknown', restore },
      { kind: 'known', gate: 'Open' },
    ]);
    expect(await unknown()).toEqual([
      { name: 'lost', claimed_timeline: foreignTimeline, claimed_version: 7, claimed_hash: null, restore },
    ]);
    expect(await keptCounts(here.context)).toMatchObject({ total: 1, awaiting: 0, answered: 1 });
  });

  test('is noted with the highest position that it claimed', async () => {
    const claims = [inFull(7), null, inFull(3), { timeline: foreignTimeline, version: 7, specHash: null }, inFull(7)];
    for (const position of claims) await fleet.reportAll([{ device: 'lost', position }]);
    await fleet.reportAll(claims.map((position) => ({ device: 'found', position })));
    expect(await unknown()).toMatchObject([
      { name: 'found', claimed_version: 7, claimed_timeline: foreignTimeline },
      { name: 'lost', claimed_version: 7, claimed_timeline: foreignTimeline },
    ]);
  });

  test('may have been deleted while it was awaited', async () => {
    await fleet.running('a');
    await fleet.declareRestore();
    await deleteDevice(here.context, { name: 'a', by });
    expect(await fleet.reportAll([{ device: 'a', position: inFull(1) }])).toMatchObject([{ kind: 'unknown' }]);
    expect(await restoreCounts(here.context)).toMatchObject({ kept: { total: 0, awaiting: 0 }, settled: true });
  });
});
