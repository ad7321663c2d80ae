import type { Context } from '../context.ts';
import type { RenderJob } from '../queue/render-queue.ts';
import { finishDeletion, finishDeletions } from '../usecases/delete-fleet.ts';
import { renderDevices, renderPending } from '../usecases/render-devices.ts';
import { retryProblems } from '../usecases/retry-problems.ts';
import { rollOutFleet, rollOutPending } from '../usecases/roll-out-fleet.ts';

const concurrency = 2;
/** Interval at which specs that could not be rendered are tried again. */
const retryProblemsEveryMs = 5 * 60_000;

/** Renders: takes hints from the queue, and looks at intervals for what no hint told it. */
export class RenderWorker {
  private readonly stopping = new AbortController();
  private sweeping: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  /** Milliseconds since the epoch. */
  private problemsRetriedAt: number;
  private readonly context: Context;

  constructor(context: Context) {
    this.context = context;
    this.problemsRetriedAt = context.clock.now().getTime();
  }

  start(): void {
    this.context.queue.work((job) => this.handle(job), { concurrency });
    this.schedule(0);
  }

  /** Lets what is under way end, and takes nothing new. */
  async stop(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.sweeping;
  }

  private async handle(job: RenderJob): Promise<void> {
    const { log, tracing } = this.context;
    const { kind, restore } = job;
    const facts = { 'muster.restore': restore, ...(kind === 'roll-out-fleet' && { 'muster.fleet': job.fleet }) };
    const devices = await tracing.ownSpan(`job ${kind}`, facts, () => this.carryOut(job));
    log.debug({ job: kind, restore, devices }, 'job done');
  }

  /** @returns how many devices got a new version, or want one */
  private async carryOut(job: RenderJob): Promise<number> {
    switch (job.kind) {
      case 'render-devices':
        return await renderDevices(this.context, job);
      case 'roll-out-fleet':
        await finishDeletion(this.context, job.fleet, this.stopping.signal);
        return await rollOutFleet(this.context, job);
      default:
        return job satisfies never;
    }
  }

  private schedule(afterMs: number): void {
    if (this.stopping.signal.aborted) return;
    this.timer = setTimeout(() => {
      this.sweeping = this.sweep().finally(() => this.schedule(this.context.config.sweepIntervalMs));
    }, afterMs);
  }

  private async sweep(): Promise<void> {
    const { log } = this.context;
    try {
      await this.retryProblems();
      await finishDeletions(this.context, this.stopping.signal);
      await rollOutPending(this.context, this.stopping.signal);
      const rendered = await renderPending(this.context, this.stopping.signal);
      if (rendered > 0) log.debug({ rendered }, 'the sweep rendered what no job remembered');
    } catch (error) {
      log.warn({ error: String(error) }, 'the sweep failed; it will be tried again');
    }
  }

  private async retryProblems(): Promise<void> {
    const now = this.context.clock.now().getTime();
    if (now < this.problemsRetriedAt + retryProblemsEveryMs) return;
    this.problemsRetriedAt = now;
    const devices = await retryProblems(this.context);
    if (devices > 0) this.context.log.debug({ devices }, 'specs that could not be rendered are tried again');
  }
}
