import type { Clock } from '../clock.ts';
import { isBusy, isUnreachable, type Database } from '../db/client.ts';
import { unavailable, type MusterError } from '../domain/errors.ts';
import type { RenderHints } from '../queue/render-queue.ts';
import { acceptReports, type Report, type ReportOutcome } from './accept-reports.ts';

type Waiting = {
  readonly report: Report;
  readonly resolve: (outcome: ReportOutcome) => void;
  readonly reject: (error: unknown) => void;
};

type IntakeDeps = {
  readonly database: Database;
  readonly clock: Clock;
  readonly hints: RenderHints;
  /** Told after a commit that found a device ahead in normal operation. */
  readonly onDeviceAhead: () => void;
};

/**
 * Group commit: the reports that arrive while a commit is under way share the next one. Bounded: past `maxWaiting` a
 * report is refused and its device told when to come back.
 */
export class ReportIntake {
  private waiting: Waiting[] = [];
  private running: Promise<void> | undefined;
  private readonly deps: IntakeDeps;
  private readonly limits: { maxBatch: number; maxWaiting: number };

  constructor(deps: IntakeDeps, limits: { maxBatch: number; maxWaiting: number }) {
    this.deps = deps;
    this.limits = limits;
  }

  /** @throws MusterError 503 when too many wait already, or the database cannot be reached */
  async submit(report: Report): Promise<ReportOutcome> {
    if (this.waiting.length >= this.limits.maxWaiting)
      throw unavailable('too many devices are reporting', this.retryAfterSeconds());
    const outcome = new Promise<ReportOutcome>((resolve, reject) => {
      this.waiting.push({ report, resolve, reject });
    });
    this.running ??= this.run();
    return await outcome;
  }

  /** Resolves when nothing waits any more. */
  async drained(): Promise<void> {
    while (this.running !== undefined) await this.running;
  }

  /** Spread at random, so that those turned away together do not come back together. */
  private retryAfterSeconds(): number {
    return 1 + Math.floor(Math.random() * 10);
  }

  private async run(): Promise<void> {
    // A turn of the event loop lets reports that have already arrived share the first commit too.
    await new Promise((done) => setImmediate(done));
    while (this.waiting.length > 0) {
      await this.commit(this.waiting.splice(0, this.limits.maxBatch));
    }
    this.running = undefined;
  }

  private async commit(batch: readonly Waiting[]): Promise<void> {
    try {
      const { outcomes, toRender, restore, aheadWithoutRestore } = await acceptReports(
        this.deps,
        batch.map((waiting) => waiting.report),
      );
      if (aheadWithoutRestore) this.deps.onDeviceAhead();
      if (toRender.length > 0) this.deps.hints.wantRendering(restore, toRender);
      for (const [index, outcome] of outcomes.entries()) batch[index]?.resolve(outcome);
    } catch (error) {
      await this.recover(batch, error);
    }
  }

  /** One report that the database will not have must not take the others with it. */
  private async recover(batch: readonly Waiting[], error: unknown): Promise<void> {
    const later = this.tryLater(error);
    if (later !== undefined || batch.length <= 1) {
      for (const waiting of batch) waiting.reject(later ?? error);
      return;
    }
    const half = Math.ceil(batch.length / 2);
    await this.commit(batch.slice(0, half));
    await this.commit(batch.slice(half));
  }

  /** What to tell all of a batch whose failure none of them is to blame for; undefined if one may be. */
  private tryLater(error: unknown): MusterError | undefined {
    if (isUnreachable(error)) return unavailable('the database cannot be reached', this.retryAfterSeconds());
    if (isBusy(error)) return unavailable('the database has no time for this report now', this.retryAfterSeconds());
    return undefined;
  }
}
