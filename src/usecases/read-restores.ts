import type { Clock } from '../time/clock.ts';
import type { Database, Executor } from '../db/client.ts';
import { currentRestore, openSnapshot } from '../db/fence.ts';
import { listLostDocuments } from '../db/lost-store.ts';
import { listRestoreDecisions, type DecisionRow } from '../db/restore-decisions.ts';
import {
  answerTimes,
  findRestore,
  findRestoreAndTimes,
  listAwaitedDevices,
  listRestores,
  type RestoreKey,
  type RestoreRecord,
} from '../db/restore-store.ts';
import { lostDocument } from '../domain/journal-facts/lost-documents.ts';
import { notFound } from '../domain/errors.ts';
import { phaseOf, reconnectSeconds, restoreDocument } from '../domain/recovery/restore-document.ts';
import type { RestoreReport } from '../domain/resources/restore-report.ts';
import type { Restore } from '../domain/resources/restore.ts';
import { cutPage, type Page } from '../domain/page.ts';

type Deps = { database: Database };

/** The most devices and conflicts that a report of a restore lists. */
const maxReportRows = 10_000;

/** One restore, by its id or `current`. @throws MusterError 404 if there is none */
export async function readRestore({ database }: Deps, name: string): Promise<Restore> {
  const found = await database.read((db) => findRestoreAndTimes(db, name === 'current' ? undefined : name));
  return restoreDocument(declared(found?.record, name), found?.histogram ?? []);
}

/** A page of restores, newest first, and where the next one begins. */
export async function readRestores(
  { database }: Deps,
  page: { limit: number; after: RestoreKey | undefined },
): Promise<Page<Restore, RestoreKey>> {
  const records = await listRestores(database.pool, { limit: page.limit + 1, after: page.after });
  const { shown, next } = cutPage(records, page.limit, ({ sequence }) => ({ sequence }));
  const items = await Promise.all(
    shown.map(async (record) => restoreDocument(record, await answerTimes(database.pool, record.id))),
  );
  return { items, next, remaining: undefined };
}

/** A declared restore, by its id or `current`. @throws MusterError 404 if there is none */
export async function requireRestore(db: Executor, name: string): Promise<RestoreRecord> {
  return declared(await findRestore(db, name === 'current' ? await currentRestore(db) : name), name);
}

function declared(record: RestoreRecord | undefined, name: string): RestoreRecord {
  if (record === undefined) throw notFound(`there is no restore ${name}`);
  if (record.genesis) throw notFound('no restore has been declared');
  return record;
}

/** The record of a recovery. @throws MusterError 404 if there is no such restore */
export async function reportRestore({ database }: Deps & { clock: Clock }, name: string): Promise<RestoreReport> {
  const { record, histogram, decisions, lost, absent } = await database.transact(async (tx) => {
    await openSnapshot(tx);
    const record = await requireRestore(tx, name);
    const isCurrent = record.supersededAt === null;
    return {
      record,
      histogram: await answerTimes(tx, record.id),
      decisions: await listRestoreDecisions(tx, record.id, maxReportRows),
      lost: record.journal === null ? undefined : await listLostDocuments(tx, record.id, { limit: maxReportRows }),
      absent: isCurrent ? await listAwaitedDevices(tx, { restore: record.id, limit: maxReportRows }) : [],
    };
  });
  const { metadata, spec, status } = restoreDocument(record, histogram);
  const takenAt = record.backup?.takenAt ?? null;
  const everybody = reconnectSeconds(record, histogram, 1);
  const slowest = record.lastAnswerAt === null ? null : secondsBetween(record.declaredAt, record.lastAnswerAt);
  return {
    apiVersion: 'muster/v1',
    kind: 'RestoreReport',
    metadata,
    spec,
    phase: phaseOf(record),
    settledAt: status.settledAt,
    devices: status.devices,
    recoveryPoint: {
      takenAt,
      ageSeconds: takenAt === null ? null : Math.max(0, secondsBetween(new Date(takenAt), record.declaredAt)),
    },
    recoveryTime: { ...status.reconnect, p100Seconds: everybody === null ? null : slowest },
    conflicts: decisions.map(toConflict),
    ...(lost === undefined ? {} : { lost: lost.map(lostDocument) }),
    absent: absent.map(({ name: device, lastSeen }) => ({ device, lastSeen: lastSeen?.toISOString() ?? null })),
  };
}

function toConflict(row: DecisionRow): RestoreReport['conflicts'][number] {
  return {
    device: row.device,
    verdict: row.verdict,
    info: row.info,
    since: row.since.toISOString(),
    reported: row.reported && {
      timeline: row.reported.timeline,
      renderedVersion: String(row.reported.version),
      specHash: row.reported.specHash,
    },
    resolution: row.resolution,
    resolvedAt: row.resolvedAt?.toISOString() ?? null,
    resolvedBy: row.resolvedBy,
    reason: row.reason,
  };
}

function secondsBetween(from: Date, to: Date): number {
  return (to.getTime() - from.getTime()) / 1000;
}
