import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { connectDatabase, type Database } from '../../src/db/client.ts';
import { MusterError } from '../../src/domain/errors.ts';
import type { RenderHints } from '../../src/queue/render-queue.ts';
import { ReportIntake } from '../../src/agent/report-intake.ts';
import { inFull } from '../support/fleet-fixture.ts';
import { connectTo, holdTransaction, untilWaiting } from '../support/held-transactions.ts';
import { countedAnswers, keptCounts } from '../support/restore-rows.ts';
import { useFleet } from '../support/use-fleet.ts';
import type { Report } from '../../src/usecases/steps/report-batch.ts';

const { here, fleet } = await useFleet();

/** An intake, with the reads and transactions that it begins and the hints that it gives. */
function intake(
  limits: Partial<{ maxBatch: number; maxWaiting: number }> = {},
  database: Database = here.context.database,
) {
  const seen = { reads: 0, transactions: 0, hints: [] as string[][] };
  const counting: Database = {
    ...database,
    transact(work) {
      seen.transactions += 1;
      return database.transact(work);
    },
    read(statement) {
      seen.reads += 1;
      return database.read(statement);
    },
  };
  const hints: RenderHints = {
    wantRendering: (_restore, devices) => seen.hints.push([...devices]),
    wantRollout: () => undefined,
  };
  const { config, lastSeen, observer, tracing } = here.context;
  const deps = {
    config,
    lastSeen,
    database: counting,
    clock: here.clock,
    observer,
    tracing,
    hints,
    ahead: { lookSoon: () => undefined },
  };
  return { reports: new ReportIntake(deps, { maxBatch: 500, maxWaiting: 10_000, ...limits }), seen };
}

const said = (device: string, version: number): Report => ({ device, position: inFull(version) });
const poison = (device: string): Report => ({ ...said(device, 1), status: { summary: '\0' } });

async function refusals(work: readonly Promise<unknown>[]): Promise<MusterError[]> {
  const settled = await Promise.allSettled(work);
  return settled.flatMap((result) => (result.status === 'rejected' ? [result.reason as MusterError] : []));
}

test.each([1, 2, 7, 10_000])('with a queue of %i an idle intake has room', (maxWaiting) => {
  const { room } = intake({ maxWaiting }).reports;
  expect(room).toBeGreaterThanOrEqual(1);
  expect(room).toBe(Math.round(room));
});

describe('reports that arrive together', () => {
  test('share one transaction, and each gets its own answer', async () => {
    await fleet.running('a', 'b', 'c');
    const { reports, seen } = intake();
    const outcomes = await Promise.all(['a', 'b', 'c', 'lost'].map((name, n) => reports.submit(said(name, n))));
    expect(seen.transactions).toBe(1);
    expect(outcomes).toMatchObject([
      { verdict: 'Behind' },
      { verdict: 'InSync' },
      { verdict: 'Ahead' },
      { kind: 'unknown' },
    ]);
  });

  test('and change nothing share one read, and begin no transaction', async () => {
    await fleet.running('a', 'b');
    const status = { config: { renderedVersion: '1' }, custom: { kept: true } };
    await fleet.reportAll([{ ...said('b', 1), status }]);
    const { reports, seen } = intake();
    const outcomes = await Promise.all([
      ...Array.from({ length: 50 }, () => reports.submit(said('a', 1))),
      ...Array.from({ length: 50 }, () => reports.submit({ ...said('b', 1), status })),
    ]);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ verdict: 'InSync', gate: 'Open' });
    expect(seen).toMatchObject({ reads: 1, transactions: 0 });
  });

  test('while a commit is under way share the next one', async () => {
    await fleet.running('a');
    const other = connectTo(here.database);
    const holding = await holdTransaction(other, (tx) =>
      tx.execute(sql`SELECT name FROM device_positions WHERE name = 'a' FOR UPDATE`),
    );
    const { reports, seen } = intake();
    const first = reports.submit(said('a', 2));
    await untilWaiting(here.context.database);
    const later = Array.from({ length: 50 }, () => reports.submit(said('a', 3)));
    await holding.commit();
    await Promise.all([first, ...later]);
    expect(seen).toMatchObject({ reads: 2, transactions: 2 });
    await other.close();
  });

  test('of one device are judged in the order in which they came, over any number of commits', async () => {
    await fleet.running('a');
    const { reports } = intake({ maxBatch: 2 });
    const outcomes = await Promise.all([1, 2, 3, 1, 4].map((version) => reports.submit(said('a', version))));
    expect(outcomes).toMatchObject([
      { gate: 'Open' },
      { gate: 'ConflictPaused', justJudged: true },
      { gate: 'ConflictPaused', justJudged: false },
      { gate: 'ConflictPaused', justJudged: false },
      { gate: 'ConflictPaused', justJudged: false },
    ]);
    expect((await fleet.row('a')).state.reported?.version).toBe(4);
  });

  test('are answered before drained resolves', async () => {
    await fleet.running('a');
    const { reports } = intake({ maxBatch: 1 });
    let answered = 0;
    for (let n = 0; n < 3; n += 1) void reports.submit(said('a', 1)).then(() => (answered += 1));
    await reports.drained();
    await Promise.resolve();
    expect(answered).toBe(3);
  });

  test('hint at the devices that may be rendered now', async () => {
    await fleet.running('a', 'b');
    await fleet.declareRestore();
    await fleet.edit('a', 'quay.io/acme/a:2');
    const { reports, seen } = intake();
    await Promise.all([reports.submit(said('a', 1)), reports.submit(said('b', 1))]);
    expect(seen.hints).toEqual([['a']]);
  });
});

describe('a report that the database will not have', () => {
  test('is refused alone: all others of its batch are judged, once each', async () => {
    const names = Array.from({ length: 9 }, (_, n) => `d-${n}`);
    await fleet.running(...names);
    await fleet.declareRestore();
    const { reports } = intake();
    const failed = await refusals(names.map((name, n) => reports.submit(n === 4 ? poison(name) : said(name, 1))));
    expect(failed).toHaveLength(1);
    expect(failed[0]).not.toBeInstanceOf(MusterError);
    expect(await keptCounts(here.context)).toMatchObject({ total: 9, awaiting: 1, answered: 8, in_sync: 8 });
    expect(await countedAnswers(here.context)).toBe(8);
    expect((await fleet.row('d-4')).state.reported?.version).toBe(1);
  });

  test('does not keep later ones of the same device from being judged', async () => {
    await fleet.running('a');
    const { reports } = intake();
    const results = await Promise.allSettled(
      [poison('a'), said('a', 1), poison('a')].map((one) => reports.submit(one)),
    );
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected']);
  });
});

describe('more than can be taken', () => {
  test('is refused at once, with a time to come back that is not the same for all', async () => {
    await fleet.running('a');
    const { reports } = intake({ maxWaiting: 3 });
    const submitted = Array.from({ length: 40 }, () => reports.submit(said('a', 1)));
    const failed = await refusals(submitted);
    expect(failed).toHaveLength(37);
    for (const error of failed) expect(error).toMatchObject({ status: 503 });
    const delays = new Set(failed.map(({ retryAfterSeconds }) => retryAfterSeconds));
    expect(delays.size).toBeGreaterThan(1);
    for (const delay of delays) expect(delay).toBeGreaterThan(0);
  });

  test('is taken again once there is room', async () => {
    await fleet.running('a');
    const { reports } = intake({ maxWaiting: 1 });
    await refusals([reports.submit(said('a', 1)), reports.submit(said('a', 1))]);
    expect(await reports.submit(said('a', 1))).toMatchObject({ verdict: 'InSync' });
  });
});

describe('a database that is gone', () => {
  test('refuses every report of the batch with 503, in one try', async () => {
    const gone = connectDatabase('postgres://127.0.0.1:1/none', { poolSize: 1, applicationName: 'muster-test' });
    const { reports, seen } = intake({}, gone);
    const failed = await refusals(Array.from({ length: 20 }, () => reports.submit(said('a', 1))));
    expect(failed).toHaveLength(20);
    for (const error of failed) expect(error).toMatchObject({ status: 503 });
    expect(failed[0]?.retryAfterSeconds).toBeGreaterThan(0);
    expect(seen).toMatchObject({ reads: 1, transactions: 0 });
    await gone.close();
  });

  test('or too slow is not asked again for each report by itself', async () => {
    await fleet.running('a');
    const slow = connectTo(here.database);
    const hurried: Database = {
      ...slow,
      transact: (work) =>
        slow.transact(async (tx) => {
          await tx.execute(sql`SET LOCAL statement_timeout = 150`);
          return await work(tx);
        }),
    };
    const other = connectTo(here.database);
    const holding = await holdTransaction(other, (tx) =>
      tx.execute(sql`SELECT name FROM device_positions WHERE name = 'a' FOR UPDATE`),
    );
    const { reports, seen } = intake({}, hurried);
    const failed = await refusals(Array.from({ length: 16 }, () => reports.submit(said('a', 2))));
    await holding.commit();
    expect(failed).toHaveLength(16);
    for (const error of failed) expect(error).toMatchObject({ status: 503 });
    expect(seen.transactions).toBe(1);
    await slow.close();
    await other.close();
  });
});
