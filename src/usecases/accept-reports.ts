import { devicesWithKnownSpec, readSightings } from '../db/device-documents.ts';
import { holdRestore } from '../db/fence.ts';
import type { PositionReader } from '../db/position-store.ts';
import { currentRestoreDeclaredAt } from '../db/restore-store.ts';
import type { Gate } from '../domain/recovery/gate.ts';
import type { ServerPosition } from '../domain/recovery/position.ts';
import type { Verdict } from '../domain/recovery/verdict.ts';
import { CloneSightings } from '../domain/devices/clone-sightings.ts';
import type { Observer } from './observer.ts';
import type { Tracing } from './tracing.ts';
import type { RestoreDeps } from './steps/in-restore.ts';
import { withoutLocksFirst } from './steps/without-locks-first.ts';
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

export type ReportDeps = RestoreDeps & {
  readonly observer: Observer;
  readonly tracing: Tracing;
};

/**
 * Judges reports and commits what they change, all in one transaction: the group commit of design.md, section 10.
 * Reports of one device are applied in the order given. When this returns, every outcome is durable.
 */
export async function acceptReports(deps: ReportDeps, reports: readonly Report[]): Promise<AcceptedReports> {
  const beganAtMs = performance.now();
  const accepted = await deps.tracing.ownSpan('accept reports', { 'muster.reports': reports.length }, () =>
    withoutLocksFirst((read) => commitReports(deps, reports, read)),
  );
  deps.observer.reportsCommitted({ ...accepted, seconds: (performance.now() - beganAtMs) / 1_000 });
  if (accepted.cloneSigns > 0) deps.observer.cloneSigns('machine', accepted.cloneSigns);
  return accepted;
}

async function commitReports(
  { database, clock }: RestoreDeps,
  reports: readonly Report[],
  read: PositionReader,
): Promise<AcceptedReports> {
  const names = [...new Set(reports.map((report) => report.device))];
  return await database.transact(async (tx) => {
    const [restore, rows, declaredAt, sightings] = await Promise.all([
      holdRestore(tx),
      read(tx, names),
      currentRestoreDeclaredAt(tx),
      readSightings(tx, tellingNames(reports)),
    ]);
    const now = clock.now();
    const batch = new ReportBatch({ id: restore, declaredAt }, rows, new CloneSightings(sightings, now), now);
    const judged = reports.map((report) => batch.apply(report));
    const awaiting = await batch.write(tx);
    const knownSpecs = await devicesWithKnownSpec(tx, batch.paused());
    return {
      restore,
      outcomes: judged.map((result, index) => toOutcome(result, restore, knownSpecs.has(reports[index]?.device ?? ''))),
      answered: batch.answered.size,
      awaiting,
      toRender: batch.toRender(),
      aheadWithoutRestore: batch.aheadWithoutRestore,
      cloneSigns: batch.clones.signs,
    };
  });
}

/** Devices whose reports say something of the machine. */
function tellingNames(reports: readonly Report[]): string[] {
  return [...new Set(reports.filter(({ status }) => status !== undefined).map(({ device }) => device))];
}

function toOutcome(
  result: Judged | RefusedReport | undefined,
  restore: string,
  specKnown: boolean,
): ReportOutcome | RefusedReport {
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
