import { describe, expect, test } from 'vitest';
import { restoreSchema, type Restore } from '../../src/domain/resources/restore.ts';
import { restoreReportSchema } from '../../src/domain/resources/restore-report.ts';
import { restoreReportMarkdown } from '../../src/domain/recovery/restore-report-markdown.ts';
import { declareRestore } from '../../src/usecases/declare-restore.ts';
import { decommissionDevice } from '../../src/usecases/decommission-device.ts';
import { deleteDevice } from '../../src/usecases/delete-device.ts';
import { readRestore, readRestores, reportRestore } from '../../src/usecases/read-restores.ts';
import { adoptDevices } from '../../src/usecases/resume-devices.ts';
import { watchRestore } from '../../src/usecases/watch-restore.ts';
import { by } from '../support/fleet-fixture.ts';
import { until } from '../support/held-transactions.ts';
import { restoreCounts } from '../support/table-rows.ts';
import { useFleet } from '../support/use-fleet.ts';
import { readDatabaseIdentity } from '../../src/db/database-identity.ts';

const { here, fleet } = await useFleet();

describe('a restore', () => {
  test('that nobody declared does not exist: the first timeline is none', async () => {
    await expect(readRestore(here.context, 'current')).rejects.toMatchObject({ status: 404 });
    await expect(readRestore(here.context, await here.restore())).rejects.toMatchObject({ status: 404 });
    expect((await readRestores(here.context, { limit: 10, after: undefined })).items).toEqual([]);
  });

  test('is read only once a database that took the place of another has been looked at', async () => {
    await fleet.declareRestore();
    const { guard, pool } = here.context.database;
    const { mark } = await readDatabaseIdentity(pool);
    const marks = ['another', mark];
    guard.verifyWith(async () => marks.shift() ?? 'none is left');
    await guard.verify();
    await expect(readRestore(here.context, 'current')).resolves.toMatchObject({ kind: 'Restore' });
    expect(marks).toEqual([]);
  });

  test('shows how long devices took to answer, of all that had to', async () => {
    await fleet.running('a', 'b', 'c', 'd');
    await fleet.declareRestore();
    for (const [name, seconds] of [
      ['a', 10],
      ['b', 20],
      ['c', 60],
    ] as const) {
      here.clock.advance(seconds * 1_000);
      await fleet.report(name, 1);
    }
    const { status } = restoreSchema.parse(await readRestore(here.context, 'current'));
    expect(status.firstAnswerAt).toBe(new Date(here.clock.now().getTime() - 80_000).toISOString());
    expect(status.lastAnswerAt).toBe(here.clock.now().toISOString());
    expect(status.reconnect.p50Seconds).toBeGreaterThanOrEqual(30);
    expect(status.reconnect.p50Seconds).toBeLessThanOrEqual(30 * 1.05);
    expect(status.reconnect).toMatchObject({ p95Seconds: null, p99Seconds: null });
    await deleteDevice(here.context, { name: 'd', by });
    expect((await readRestore(here.context, 'current')).status.reconnect.p99Seconds).toBeGreaterThanOrEqual(90);
  });

  test('is listed in the order of declaring, also where the clock went back in between', async () => {
    const first = await fleet.declareRestore();
    here.clock.advance(-3_600_000);
    const second = await fleet.declareRestore();
    const third = await fleet.declareRestore();
    const page = await readRestores(here.context, { limit: 2, after: undefined });
    const next = await readRestores(here.context, { limit: 2, after: page.next });
    expect([...page.items, ...next.items].map(({ metadata }) => metadata.name).slice(0, 3)).toEqual([
      third,
      second,
      first,
    ]);
    expect((await readRestore(here.context, 'current')).metadata.name).toBe(third);
    here.clock.advance(3_600_000);
  });

  test('is listed newest first, page by page', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      ids.unshift(await fleet.declareRestore());
      // Two in the same millisecond come in one order or the other, but each comes once.
      if (n % 2 === 0) here.clock.advance(1_000);
    }
    const listed: Restore[] = [];
    let after: Parameters<typeof readRestores>[1]['after'];
    do {
      const page = await readRestores(here.context, { limit: 2, after });
      listed.push(...page.items);
      after = page.next;
    } while (after !== undefined);
    expect(listed.map(({ metadata }) => metadata.name).toSorted()).toEqual(ids.toSorted());
    const times = listed.map(({ metadata }) => metadata.creationTimestamp);
    expect(times).toEqual(times.toSorted().toReversed());
    expect(listed.filter(({ status }) => status.phase !== 'Superseded').map(({ metadata }) => metadata.name)).toEqual(
      ids.slice(0, 1),
    );
  });
});

describe('a device that is written off', () => {
  test.each(['decommissioned', 'deleted'])(
    'by being %s is awaited no more, and the last settles the restore',
    async (how) => {
      const writeOff = (name: string) =>
        how === 'deleted'
          ? deleteDevice(here.context, { name, by })
          : decommissionDevice(here.context, { name, target: 'Unenroll', by });
      await fleet.running('answered', 'awaited', 'paused');
      await fleet.declareRestore();
      await fleet.report('answered', 1);
      await fleet.report('paused', 7);
      for (const [name, left] of [
        ['answered', { total: 2, awaiting: 1, paused: 1 }],
        ['awaited', { total: 1, awaiting: 0, paused: 1 }],
        ['paused', { total: 0, awaiting: 0, paused: 0 }],
      ] as const) {
        expect((await restoreCounts(here.context)).settled).toBe(false);
        await writeOff(name);
        const { kept, counted } = await restoreCounts(here.context);
        expect(kept).toEqual(left);
        expect(counted).toEqual(left);
      }
      expect((await readRestore(here.context, 'current')).status.phase).toBe('Settled');
      await fleet.declareRestore();
      expect((await restoreCounts(here.context)).kept).toEqual({ total: 0, awaiting: 0, paused: 0 });
    },
  );
});

describe('the record of a recovery', () => {
  test('says from when the backup was, who has not come back, and how each conflict was resolved', async () => {
    await fleet.running('absent', 'adopted', 'deleted', 'fine', 'open', 'resumed');
    here.clock.advance(1_000);
    await fleet.report('fine', 1);
    const { restore } = await declareRestore(here.context, {
      by,
      reason: 'INC-4211',
      backup: { artifact: 's3://b/1', takenAt: new Date(here.clock.now().getTime() - 3_600_000).toISOString() },
    });
    here.clock.advance(30_000);
    await fleet.report('fine', 1);
    for (const name of ['adopted', 'deleted', 'open', 'resumed']) await fleet.report(name, 9);
    await fleet.report('adopted', 9, { spec: { os: { image: 'x:9' } } });
    await fleet.resume({ fieldSelector: 'metadata.name=resumed', reason: 'checked' });
    await adoptDevices(here.context, { fieldSelector: 'metadata.name=adopted', by });
    await deleteDevice(here.context, { name: 'deleted', by });

    const report = restoreReportSchema.parse(await reportRestore(here.context, 'current'));
    expect(report).toMatchObject({
      metadata: { name: restore.id },
      phase: 'Mustering',
      recoveryPoint: { ageSeconds: 3_600 },
      recoveryTime: { p100Seconds: null },
      absent: [{ device: 'absent' }],
    });
    const resolved = Object.fromEntries(report.conflicts.map((one) => [one.device, one.resolution]));
    expect(resolved).toEqual({ adopted: 'Adopted', deleted: 'WrittenOff', open: null, resumed: 'Resumed' });
    expect(report.conflicts.find(({ device }) => device === 'resumed')).toMatchObject({
      verdict: 'Ahead',
      reported: { renderedVersion: '9' },
      resolvedBy: by.actor,
      reason: 'checked',
    });
    const markdown = restoreReportMarkdown(report);
    for (const told of ['INC-4211', 's3://b/1', 'absent', 'resumed', 'checked']) expect(markdown).toContain(told);

    here.clock.advance(30_000);
    await fleet.report('absent', 1);
    const later = await reportRestore(here.context, restore.id);
    expect(later).toMatchObject({ recoveryTime: { p100Seconds: 60 }, absent: [] });
  });

  test('lists those who have not come back by how long they were not heard of', async () => {
    await fleet.running('a', 'b', 'c');
    await fleet.create('never');
    for (const name of ['b', 'a']) {
      here.clock.advance(10_000);
      await fleet.report(name, 1);
    }
    // Last-seen times are written a moment later.
    await here.context.lastSeen.write();
    await fleet.declareRestore();
    const { absent } = await reportRestore(here.context, 'current');
    expect(absent.map(({ device }) => device)).toEqual(['never', 'c', 'b', 'a']);
  });

  test('of a restore that was superseded stays what it was', async () => {
    await fleet.paused('a');
    const first = await here.restore();
    await fleet.declareRestore();
    await fleet.report('a', 4);
    await fleet.resumeNamed('a');
    expect((await reportRestore(here.context, first)).conflicts).toMatchObject([{ device: 'a', resolution: null }]);
    expect((await reportRestore(here.context, 'current')).conflicts).toMatchObject([
      { device: 'a', resolution: 'Resumed' },
    ]);
  });
});

describe('watching a restore', () => {
  const watch = async (closed: Promise<void> = new Promise(() => undefined)) => {
    const seen: Restore[] = [];
    const first = await readRestore(here.context, 'current');
    const over = watchRestore(here.context, first, { everyMs: 10, closed, onChange: (restore) => seen.push(restore) });
    return { seen, over };
  };

  test('tells of it at once and at each change, until it is settled', async () => {
    await fleet.running('a', 'b');
    await fleet.declareRestore();
    const { seen, over } = await watch();
    await until(() => seen.length === 1);
    await fleet.report('a', 1);
    await until(() => seen.length === 2);
    await fleet.report('b', 1);
    await over;
    expect(seen.map(({ status }) => [status.phase, status.devices.awaitingReconnect])).toEqual([
      ['Mustering', 2],
      ['Mustering', 1],
      ['Settled', 0],
    ]);
  });

  test('ends when another one supersedes it', async () => {
    await fleet.running('a');
    await fleet.declareRestore();
    const { seen, over } = await watch();
    await fleet.declareRestore();
    await over;
    expect(seen.at(-1)?.status.phase).toBe('Superseded');
  });

  test('ends when nobody listens any more', async () => {
    await fleet.running('a');
    await fleet.declareRestore();
    let leave: () => void = () => undefined;
    const { seen, over } = await watch(new Promise((resolve) => (leave = resolve)));
    await until(() => seen.length === 1);
    leave();
    await over;
    expect(seen).toHaveLength(1);
  });

  test('of one that is settled tells of it once', async () => {
    await fleet.declareRestore();
    const { seen, over } = await watch();
    await over;
    expect(seen.map(({ status }) => status.phase)).toEqual(['Settled']);
  });
});
