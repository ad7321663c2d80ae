import type { Context } from './context.ts';
import type { RenderJob } from './queue/render-queue.ts';
import { renderDevices, renderPending } from './usecases/render-devices.ts';
import { rollOutFleet, rollOutPending } from './usecases/roll-out-fleet.ts';

const concurrency = 2;

/** What renders: it takes hints from the queue, and every so often looks for what no hint told it. */
export class RenderWorker {
  private readonly stopping = new AbortController();
  private sweeping: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private readonly context: Context;

  constructor(context: Context) {
    this.context = context;
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
    switch (job.kind) {
      case 'render-devices':
        await renderDevices(this.context, job);
        return;
      case 'roll-out-fleet':
        await rollOutFleet(this.context, job);
        return;
      default:
        job satisfies never;
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
      await rollOutPending(this.context, this.stopping.signal);
      const rendered = await renderPending(this.context, this.stopping.signal);
      if (rendered > 0) log.debug({ rendered }, 'the sweep rendered what no job remembered');
    } catch (error) {
      log.warn({ error: String(error) }, 'the sweep failed; it will be tried again');
    }
  }
}
