import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { MusterError } from '../../src/domain/errors.ts';
import { acceptReports } from '../../src/usecases/accept-reports.ts';
import { declareRestore } from '../../src/usecases/declare-restore.ts';
import { resumeDevices } from '../../src/usecases/resume-devices.ts';
import { by, inFull } from '../support/fleet-fixture.ts';
import { connectTo, holdTransaction, untilWaiting, within } from '../support/held-transactions.ts';
import { eventRows, keptCounts } from '../support/restore-rows.ts';
import { restoreCounts } from '../support/table-rows.ts';
import { type TestContext } from '../support/test-context.ts';
import { useFleet } from '../support/use-fleet.ts';

const { here, fleet } = await useFleet({ env: { MUSTER_DATABASE_POOL: '10' } });

const everything = { fieldSelector: 'metadata.name!=none' };

describe('resuming', () => {
  test('opens the gate of the devices that match and are paused, and of no other', async () => {
    await fleet.paused('a', 'b');
    await fleet.running('fine');
    expect(await fleet.resumeNamed('a')).toEqual(['a']);
    expect((await fleet.row('a')).state).toMatchObject({ conflict: null, server: { version: 4, specHash: null } });
    expect((await fleet.row('b')).state.conflict).not.toBeNull();
    expect(await fleet.resumeNamed('fine')).toEqual([]);
    expect((await fleet.row('fine')).state.server.version).toBe(1);
  });

  test('by status selects the paused, as people ask for them', async () => {
    await fleet.paused('a', 'b');
    expect(await fleet.resume({ fieldSelector: 'status.summary.status=ConflictPaused' })).toEqual(['a', 'b']);
  });

  test('answers exactly the rows changed and the events written, and 0 the next time', async () => {
    await fleet.paused('a', 'b', 'c');
    const names = await fleet.resume({ ...everything, reason: 'checked on site' });
    expect(names).toEqual(['a', 'b', 'c']);
    const events = await eventRows(here.context, 'DeviceConflictResolved');
    expect(events.map(({ involved_name: name }) => name)).toEqual(names);
    expect(events[0]).toMatchObject({
      actor: by.actor,
      details: { verdict: 'Ahead', reason: 'checked on site', device: { version: 4 }, server: { version: 1 } },
    });
    expect(await keptCounts(here.context)).toMatchObject({ conflict_paused: 0, resumed: 3 });
    expect(await fleet.resume(everything)).toEqual([]);
    expect(await eventRows(here.context, 'DeviceConflictResolved')).toHaveLength(3);
    expect(await keptCounts(here.context)).toMatchObject({ conflict_paused: 0, resumed: 3 });
  });

  test('tells where device and server were, whatever the reason is and whether the device stated a timeline', async () => {
    await fleet.running('a', 'b');
    const server = async (name: string) => (await fleet.row(name)).state.server;
    const [serverOfA, serverOfB] = [await server('a'), await server('b')];
    const elsewhere = '0190cccc-0000-7000-8000-000000000001';
    await fleet.report('a', 4);
    await fleet.report('b', { timeline: elsewhere, version: 9, specHash: null });
    const reason = 'said "yes", \\ and {"verdict":"none"}\nüber alles';
    await fleet.resume({ ...everything, reason });
    const told = (await eventRows(here.context, 'DeviceConflictResolved')).map(({ details }) => details);
    const every = { detailType: 'MusterResumed', before: 'ConflictPaused', after: 'Open', reason };
    const of = ({ timeline, version }: typeof serverOfA) => ({ timeline, version });
    expect(told).toEqual([
      { ...every, verdict: 'Ahead', device: { timeline: null, version: 4 }, server: of(serverOfA) },
      { ...every, verdict: 'Diverged', device: { timeline: elsewhere, version: 9 }, server: of(serverOfB) },
    ]);
  });

  test('settles the restore with the last paused device, in one event', async () => {
    await fleet.paused('a', 'b');
    await fleet.resumeNamed('a');
    expect((await restoreCounts(here.context)).settled).toBe(false);
    await fleet.resumeNamed('b');
    expect((await restoreCounts(here.context)).settled).toBe(true);
    expect(await eventRows(here.context, 'RestoreSettled')).toHaveLength(1);
  });

  test('with a limit takes the first in name order', async () => {
    await fleet.paused('d', 'b', 'c', 'a');
    expect(await fleet.resume({ ...everything, limit: 2 })).toEqual(['a', 'b']);
    expect(await fleet.resume({ ...everything, limit: 3 })).toEqual(['c', 'd']);
  });

  test('in a dry run says whom it would be, and changes nothing', async () => {
    await fleet.paused('a', 'b');
    expect(await fleet.resume({ ...everything, dryRun: true })).toEqual(['a', 'b']);
    expect(await fleet.resume({ ...everything, dryRun: true, limit: 1 })).toEqual(['a']);
    expect(await keptCounts(here.context)).toMatchObject({ conflict_paused: 2, resumed: 0 });
    expect(await eventRows(here.context, 'DeviceConflictResolved')).toEqual([]);
  });

  test('counts all that it takes, and lists the first thousand', async () => {
    await here.context.database.pool.execute(sql`
      WITH d AS (INSERT INTO devices (name, created_at) SELECT 'm-' || lpad(n::text, 4, '0'), now() FROM generate_series(1, 1002) n RETURNING name)
      INSERT INTO device_positions (name, timeline, version, answered_restore_id, reported_version, conflict_verdict, conflict_info, conflict_since)
      SELECT name, current_restore, 1, current_restore, 4, 'Ahead', 'ahead', now() FROM d, service_state`);
    const listed = Array.from({ length: 1_000 }, (_, index) => `m-${String(index + 1).padStart(4, '0')}`);
    for (const dryRun of [true, false]) {
      const { count, names } = await resumeDevices(here.context, { ...everything, by, dryRun, limit: 1_001 });
      expect({ dryRun, count, names }).toEqual({ dryRun, count: 1_001, names: listed });
    }
    expect(await fleet.resume(everything)).toEqual(['m-1002']);
  });

  test('does not touch a device that is awaited, whatever conflict it has from before', async () => {
    await fleet.paused('a');
    await fleet.declareRestore();
    expect(await fleet.resume(everything)).toEqual([]);
    expect((await fleet.row('a')).state.conflict).not.toBeNull();
    await fleet.report('a', 4);
    expect(await fleet.resume(everything)).toEqual(['a']);
  });

  test.each([
    ['no selector', {}],
    ['an empty label selector', { labelSelector: '' }],
    ['a blank label selector', { labelSelector: ' \t' }],
    ['an empty field selector', { fieldSelector: '' }],
    ['a blank selector beside one that says something', { labelSelector: '', fieldSelector: 'metadata.name=a' }],
    ['a selector that does not parse', { fieldSelector: 'metadata.name=' + 'a,,'.repeat(2) + '=' }],
    ['a field that there is not', { fieldSelector: 'spec.os=1' }],
  ])('with %s is refused, and resumes nothing', async (_name, action) => {
    await fleet.paused('a');
    await expect(fleet.resume(action)).rejects.toThrow(MusterError);
    await expect(fleet.resume({ ...action, dryRun: true })).rejects.toThrow(MusterError);
    expect(await keptCounts(here.context)).toMatchObject({ conflict_paused: 1 });
  });

  test('that fails before its commit changes nothing', async () => {
    await fleet.paused('a');
    const before = await fleet.row('a');
    const failing = here.context.database.transact(async (tx) => {
      await resumeDevices({ ...here.context, database: within(here.context.database, tx) }, { ...everything, by });
      throw new Error('killed');
    });
    await expect(failing).rejects.toThrow('killed');
    expect(await fleet.row('a')).toEqual(before);
    expect(await eventRows(here.context, 'DeviceConflictResolved')).toEqual([]);
    expect(await keptCounts(here.context)).toMatchObject({ conflict_paused: 1, resumed: 0 });
  });
});

describe('after a resume', () => {
  test('the device is rendered although nobody was told of it, above all that it ever ran', async () => {
    await fleet.paused('a');
    const silent = { ...here.context, queue: { ...here.context.queue, wantRendering: () => undefined } };
    await resumeDevices(silent, { ...everything, by });
    expect(await fleet.render()).toBe(1);
    expect((await fleet.row('a')).state.server.version).toBe(5);
    expect(await fleet.report('a', 4)).toMatchObject({ verdict: 'Behind', gate: 'Open' });
  });

  test('the heartbeat of the device does not pause it again, before or after it is rendered', async () => {
    await fleet.paused('a');
    const { reported } = (await fleet.row('a')).state;
    await fleet.resumeNamed('a');
    expect(await fleet.report('a', reported)).toMatchObject({ gate: 'Open' });
    await fleet.render();
    expect(await fleet.report('a', reported)).toMatchObject({ verdict: 'Behind', gate: 'Open' });
  });

  test('a device that moved on meanwhile is paused again', async () => {
    await fleet.paused('a');
    const { reported } = (await fleet.row('a')).state;
    await fleet.resumeNamed('a');
    const moved = { timeline: reported?.timeline ?? null, version: 5, specHash: null };
    expect(await fleet.report('a', moved)).toMatchObject({
      verdict: 'Ahead',
      gate: 'ConflictPaused',
      justJudged: true,
    });
    expect(await keptCounts(here.context)).toMatchObject({ conflict_paused: 1, resumed: 1 });
  });
});

describe('a resume and a report at the same time', () => {
  const reportIn = (database: TestContext['context']['database'], version: number) =>
    acceptReports({ ...here.context, database }, [{ device: 'a', position: inFull(version) }]);

  test('end with the further position grafted, if the report commits first', async () => {
    await fleet.paused('a');
    const other = connectTo(here.database);
    const report = await holdTransaction(other, (tx) => reportIn(within(other, tx), 9));
    const resuming = fleet.resumeNamed('a');
    await untilWaiting(other);
    await report.commit();
    expect(await resuming).toEqual(['a']);
    expect((await fleet.row('a')).state).toMatchObject({ conflict: null, server: { version: 9 } });
    expect(await fleet.report('a', 9)).toMatchObject({ gate: 'Open' });
    await other.close();
  });

  test('end with the device paused again, if the resume commits first', async () => {
    await fleet.paused('a');
    const other = connectTo(here.database);
    const resume = await holdTransaction(other, (tx) =>
      resumeDevices({ ...here.context, database: within(other, tx) }, { ...everything, by }),
    );
    const reporting = fleet.report('a', 9);
    await untilWaiting(other);
    await resume.commit();
    expect(resume.result.names).toEqual(['a']);
    expect(await reporting).toMatchObject({ verdict: 'Ahead', gate: 'ConflictPaused', justJudged: true });
    expect((await fleet.row('a')).state).toMatchObject({ reported: { version: 9 }, server: { version: 4 } });
    const { kept, counted } = await restoreCounts(here.context);
    expect(kept).toEqual(counted);
    await other.close();
  });

  test('end with the device paused, if the report that pauses it has not committed when it is looked for', async () => {
    await fleet.running('a');
    const other = connectTo(here.database);
    const report = await holdTransaction(other, (tx) => reportIn(within(other, tx), 2));
    expect(await fleet.resume(everything)).toEqual([]);
    await report.commit();
    const { kept, counted } = await restoreCounts(here.context);
    expect(kept).toEqual(counted);
    expect(kept.paused).toBe(1);
    await other.close();
  });

  test('and a restore end with the resume before the restore, or with nothing resumed', async () => {
    await fleet.paused('a');
    const other = connectTo(here.database);
    const resume = await holdTransaction(other, (tx) =>
      resumeDevices({ ...here.context, database: within(other, tx) }, { ...everything, by }),
    );
    const declaring = declareRestore(here.context, { by });
    await untilWaiting(other);
    const late = fleet.resume(everything);
    await untilWaiting(other, 2);
    await resume.commit();
    await declaring;
    expect(await late).toEqual([]);
    expect(await keptCounts(here.context)).toMatchObject({ total: 1, awaiting: 1, resumed: 0 });
    expect(await fleet.render()).toBe(0);
    await other.close();
  });
});

describe('resumes that overlap', () => {
  test('answer together each device once', async () => {
    const names = Array.from({ length: 24 }, (_, n) => `d-${String(n).padStart(2, '0')}`);
    await fleet.paused(...names);
    const others = [connectTo(here.database), connectTo(here.database)];
    const selectors = [
      everything,
      { ...everything, limit: 5 },
      { fieldSelector: `metadata.name in (${names.slice(0, 12).join(',')})` },
      { fieldSelector: `metadata.name in (${names.slice(6, 18).join(',')})` },
      { fieldSelector: `metadata.name notin (${names.slice(3, 9).join(',')})` },
      { fieldSelector: 'status.summary.status=ConflictPaused', limit: 10 },
    ];
    const answers = await Promise.all(
      selectors.map((selector, n) => {
        const database = others[n % 3] ?? here.context.database;
        return resumeDevices({ ...here.context, database }, { ...selector, by });
      }),
    );
    const resumed = answers.flatMap((answer) => answer.names);
    expect(resumed.toSorted()).toEqual(names);
    const events = await eventRows(here.context, 'DeviceConflictResolved');
    expect(events.map(({ involved_name: name }) => name).toSorted()).toEqual(names);
    expect(await keptCounts(here.context)).toMatchObject({ conflict_paused: 0, resumed: names.length });
    await Promise.all(others.map((database) => database.close()));
  });

  test('with reports of those devices leave counters and events that are exact', async () => {
    const names = Array.from({ length: 8 }, (_, n) => `d-${n}`);
    await fleet.paused(...names);
    const reporting = names.map(async (name, n) => {
      for (let version = 4; version < 9; version += 1) await fleet.report(name, n % 2 === 0 ? version : 4);
    });
    let resumed = 0;
    for (let n = 0; n < 6; n += 1) resumed += (await fleet.resume(everything)).length;
    await Promise.all(reporting);
    const { kept, counted } = await restoreCounts(here.context);
    expect(kept).toEqual(counted);
    expect(await keptCounts(here.context)).toMatchObject({ resumed });
    expect(await eventRows(here.context, 'DeviceConflictResolved')).toHaveLength(resumed);
    expect(await eventRows(here.context, 'DeviceConflictPaused')).toHaveLength(resumed + kept.paused);
  });
});
