import { devicesWithKnownSpec } from '../db/device-documents.ts';
import { lockKnownDevices, readKnownDevices, type KnownDevices } from '../db/known-devices.ts';
import type { Gate } from '../domain/recovery/gate.ts';
import type { ServerPosition } from '../domain/recovery/position.ts';
import type { Verdict } from '../domain/recovery/verdict.ts';
import type { Observer } from './observer.ts';
import type { Tracing } from './tracing.ts';
import type { LastSeenTimes } from './last-seen-times.ts';
import type { ViewDeps } from './steps/in-restore.ts';
import { holdThisRestore, underLocksIfOvertaken } from './steps/under-locks.ts';
import { ReportBatch, type Judged, type RefusedReport, type Report } from './steps/report-batch.ts';

/** Answer to a report. */
export type ReportOutcome =
  | { readonly kind: 'unknown'; readonly restore: string }
  | {
      readonly kind: 'known';
      readonly restore: string;
      readonly verdict: Verdict;
      readonly info: string;
      readonly gate: Gate;
      /** This report changed the gate. */
      readonly justJudged: boolean;
      readonly server: ServerPosition;
      /** Something newer than `server` is wanted and not rendered yet. */
      readonly renderPending: boolean;
      /** Muster would like to see the spec that the device runs. */
      readonly wantsSpec: boolean;
    };

export type AcceptedReports = {
  /** One for each report, in its order. */
  readonly outcomes: ReadonlyArray<ReportOutcome | RefusedReport>;
  readonly restore: string;
  /** Devices that answered the restore with their report. */
  readonly answered: number;
  /** Devices still awaited; undefined where these reports changed nothing of that. */
  readonly awaiting: number | undefined;
  /** Devices that may be rendered now and need it. */
  readonly toRender: readonly string[];
  /** A device was ahead although it had answered: either it lies, or the server went back without being told. */
  readonly aheadWithoutRestore: boolean;
  /** Reports that show two machines under one name. */
  readonly cloneSigns: number;
};

export type ReportDeps = ViewDeps & {
  readonly observer: Observer;
  readonly tracing: Tracing;
  readonly lastSeen: LastSeenTimes;
};

/**
 * Judges reports and commits what they change, all in one transaction: the group commit of design.md, section 10.
 * Reports of one device are applied in the order given. When this returns, every outcome is durable. Reports that change
 * nothing, as nearly all do, cost one read that they share.
 */
export async function acceptReports(deps: ReportDeps, reports: readonly Report[]): Promise<AcceptedReports> {
  const beganAtMs = performance.now();
  const accepted = await deps.tracing.ownSpan('accept reports', { 'muster.reports': reports.length }, () =>
    underLocksIfOvertaken(
      () => commitReports(deps, reports),
      () => commitUnderLocks(deps, reports),
    ),
  );
  deps.observer.reportsCommitted({ ...accepted, seconds: (performance.now() - beganAtMs) / 1_000 });
  if (accepted.cloneSigns > 0) deps.observer.cloneSigns('machine', accepted.cloneSigns);
  return accepted;
}

/**
 * Decides from a read without locks, and then writes, if anything is to be written, where all is still what was read.
 *
 * @throws RowsChanged if it is not
 */
async function commitReports(deps: ReportDeps, reports: readonly Report[]): Promise<AcceptedReports> {
  const { database } = deps;
  const { names, telling } = namesIn(reports);
  const readAt = deps.clock.now();
  const known = await database.read((db) => readKnownDevices(db, names, telling));
  const { batch, judged } = judge(deps, reports, known);
  // The time before the read: what is noted of it must not seem to be of a restore that was declared since.
  deps.lastSeen.note(batch.lately(), readAt);
  if (batch.changesNothing) {
    const paused = batch.paused();
    const knownSpecs =
      paused.length === 0 ? new Set<string>() : await database.read((db) => devicesWithKnownSpec(db, paused));
    return toAccepted(reports, { batch, judged, knownSpecs, awaiting: undefined });
  }
  return await database.transact(async (tx) => {
    const [, awaiting] = await Promise.all([holdThisRestore(tx, known.restore.id), batch.write(tx)]);
    return toAccepted(reports, { batch, judged, knownSpecs: await devicesWithKnownSpec(tx, batch.paused()), awaiting });
  });
}

async function commitUnderLocks(deps: ReportDeps, reports: readonly Report[]): Promise<AcceptedReports> {
  const { names, telling } = namesIn(reports);
  return await deps.database.transact(async (tx) => {
    const { batch, judged } = judge(deps, reports, await lockKnownDevices(tx, names, telling));
    const awaiting = await batch.write(tx);
    return toAccepted(reports, { batch, judged, knownSpecs: await devicesWithKnownSpec(tx, batch.paused()), awaiting });
  });
}

type JudgedReport = Judged | RefusedReport | undefined;

function judge({ clock, config }: ReportDeps, reports: readonly Report[], known: KnownDevices) {
  const batch = new ReportBatch(known, clock.now(), config.disconnectedAfterMs);
  return { batch, judged: reports.map((report) => batch.apply(report)) };
}

function toAccepted(
  reports: readonly Report[],
  {
    batch,
    judged,
    knownSpecs,
    awaiting,
  }: {
    batch: ReportBatch;
    judged: readonly JudgedReport[];
    knownSpecs: ReadonlySet<string>;
    awaiting: number | undefined;
  },
): AcceptedReports {
  const { restore } = batch;
  return {
    restore,
    outcomes: judged.map((result, index) => toOutcome(result, restore, knownSpecs.has(reports[index]?.device ?? ''))),
    answered: batch.answered.size,
    awaiting,
    toRender: batch.toRender(),
    aheadWithoutRestore: batch.aheadWithoutRestore,
    cloneSigns: batch.clones.signs,
  };
}

/** The devices that report, and those of them that send a status. */
function namesIn(reports: readonly Report[]): { names: string[]; telling: string[] } {
  const telling = reports.filter(({ status }) => status !== undefined);
  return {
    names: [...new Set(reports.map(({ device }) => device))],
    telling: [...new Set(telling.map(({ device }) => device))],
  };
}

function toOutcome(result: JudgedReport, restore: string, specKnown: boolean): ReportOutcome | RefusedReport {
  if (result === undefined) return { kind: 'unknown', restore };
  if ('problem' in result) return result;
  const { row, decision } = result;
  return {
    kind: 'known',
    restore,
    verdict: decision.judgement.verdict,
    info: decision.judgement.info,
    gate: decision.gate,
    justJudged: decision.gate !== decision.gateBefore,
    server: decision.state.server,
    renderPending: decision.orderOvertaken || row.renderedGeneration < row.wantedGeneration,
    wantsSpec: decision.gate === 'ConflictPaused' && !specKnown,
  };
}
