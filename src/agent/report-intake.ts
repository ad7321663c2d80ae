import { setImmediate as turn } from 'node:timers/promises';
import { badRequest, unavailable } from '../domain/errors.ts';
import type { RenderHints } from '../queue/render-queue.ts';
import { acceptReports, type ReportDeps, type ReportOutcome } from '../usecases/accept-reports.ts';
import type { AheadWatch } from './ahead-watch.ts';
import { ReportAdmission } from './report-admission.ts';
import { isBusy, whyAway } from '../db/failures.ts';
import type { Report } from '../usecases/steps/report-batch.ts';

type Waiting = {
  readonly report: Report;
  readonly resolve: (outcome: ReportOutcome) => void;
  readonly reject: (error: unknown) => void;
};

type IntakeDeps = ReportDeps & {
  readonly hints: RenderHints;
  readonly ahead: Pick<AheadWatch, 'lookSoon'>;
};

type IntakeLimits = {
  readonly maxBatch: number;
  readonly maxWaiting: number;
  /** Number of processes of this instance that devices are shared out among. */
  readonly processes?: number;
};

/** Commits in flight at once: one is written while the next is prepared. */
const maxCommits = 2;
/** Answers sent per turn of the event loop. */
const answersPerTurn = 64;

/**
 * Group commit: the reports that arrive while commits are under way share the next one. Bounded: past `maxWaiting` a
 * report is refused and its device told when to come back.
 */
export class ReportIntake {
  private waiting: Waiting[] = [];
  /** Devices with a report in a commit that is under way: their next one waits for its end, so that order is kept. */
  private readonly committing = new Set<string>();
  private commits = 0;
  private isScheduled = false;
  private onDrained: (() => void) | undefined;
  private readonly admission: ReportAdmission;
  private readonly deps: IntakeDeps;
  private readonly limits: IntakeLimits;

  constructor(deps: IntakeDeps, limits: IntakeLimits) {
    this.deps = deps;
    this.limits = limits;
    this.admission = new ReportAdmission(deps.clock, limits.maxWaiting, limits.processes);
  }

  /**
   * @throws MusterError 400 for a version that the device cannot have; 503 when too many wait already, or the database cannot
   * be reached
   */
  submit(report: Report): Promise<ReportOutcome> {
    return new Promise<ReportOutcome>((resolve, reject) => {
      if (!this.admission.admits(report.device, this.waiting.length)) {
        reject(unavailable('too many devices are reporting', this.retryAfterSeconds(report.device)));
        return;
      }
      this.waiting.push({ report, resolve, reject });
      this.schedule();
    });
  }

  /** Reports that wait for a commit. */
  get waitingCount(): number {
    return this.waiting.length;
  }

  /** Reports that may wait beside those in flight before newcomers are turned away. */
  get room(): number {
    return Math.ceil(this.admission.newcomerLimit - this.waiting.length);
  }

  /** Resolves when nothing waits. */
  async drained(): Promise<void> {
    while (this.commits > 0 || this.waiting.length > 0) {
      await new Promise<void>((done) => {
        this.onDrained = done;
      });
    }
  }

  private retryAfterSeconds(device: string): number {
    return this.admission.turnAway(device, this.waiting.length);
  }

  /** A turn of the event loop lets reports that have already arrived share the first commit too. */
  private schedule(): void {
    if (this.isScheduled || this.commits >= maxCommits) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      this.startCommits();
    });
  }

  private startCommits(): void {
    while (this.commits < maxCommits) {
      const batch = this.takeBatch();
      if (batch.length === 0) break;
      this.commits += 1;
      for (const { report } of batch) this.committing.add(report.device);
      void this.commit(batch).finally(() => {
        this.commits -= 1;
        for (const { report } of batch) this.committing.delete(report.device);
        this.startCommits();
      });
    }
    if (this.commits === 0 && this.waiting.length === 0) this.onDrained?.();
  }

  private takeBatch(): Waiting[] {
    const batch: Waiting[] = [];
    const rest: Waiting[] = [];
    for (const waiting of this.waiting) {
      const isFree = batch.length < this.limits.maxBatch && !this.committing.has(waiting.report.device);
      (isFree ? batch : rest).push(waiting);
    }
    this.waiting = rest;
    return batch;
  }

  private async commit(batch: readonly Waiting[]): Promise<void> {
    try {
      const reports = batch.map((waiting) => waiting.report);
      const { outcomes, toRender, restore, aheadWithoutRestore, awaiting } = await acceptReports(this.deps, reports);
      this.admission.served(
        reports.map((report) => report.device),
        awaiting,
        this.waiting.length,
      );
      if (aheadWithoutRestore) this.deps.ahead.lookSoon();
      if (toRender.length > 0) this.deps.hints.wantRendering(restore, toRender);
      for (const [index, outcome] of outcomes.entries()) {
        if (index > 0 && index % answersPerTurn === 0) await turn();
        if (outcome.kind === 'refused') batch[index]?.reject(badRequest(outcome.problem));
        else batch[index]?.resolve(outcome);
      }
    } catch (error) {
      await this.recover(batch, error);
    }
  }

  /** One report that the database will not have must not take the others with it. */
  private async recover(batch: readonly Waiting[], error: unknown): Promise<void> {
    const why = this.whyLater(error);
    if (why !== undefined || batch.length <= 1) {
      for (const { report, reject } of batch) {
        reject(why === undefined ? error : unavailable(why, this.retryAfterSeconds(report.device)));
      }
      return;
    }
    const half = Math.ceil(batch.length / 2);
    await this.commit(batch.slice(0, half));
    await this.commit(batch.slice(half));
  }

  /** Chooses what to tell all of a batch that failed through no fault of theirs; undefined if one may be to blame. */
  private whyLater(error: unknown): string | undefined {
    return whyAway(error) ?? (isBusy(error) ? 'the database has no time for this report now' : undefined);
  }
}
