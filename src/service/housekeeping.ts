import type { Context } from '../context.ts';
import { removeOutdated } from '../usecases/remove-outdated.ts';
import { removeUnreferencedSpecs } from '../usecases/remove-unused-specs.ts';

/** Interval of the looks at what is due. */
const everyMs = 10_000;

/** Does what is due at long intervals, and what nobody waits for: removes what has been kept for long enough. */
export class Housekeeping {
  private readonly stopping = new AbortController();
  private working: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private readonly context: Context;

  constructor(context: Context) {
    this.context = context;
  }

  start(): void {
    if (this.stopping.signal.aborted) return;
    this.timer = setTimeout(() => {
      this.working = this.work().finally(() => this.start());
    }, everyMs);
  }

  /** Lets the step that is under way end, and takes no other. */
  async stop(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.working;
  }

  private async work(): Promise<void> {
    const { signal } = this.stopping;
    try {
      await removeOutdated(this.context, signal);
      await removeUnreferencedSpecs(this.context, signal);
    } catch (error) {
      this.context.log.warn({ error: String(error) }, 'housekeeping failed; it will be tried again');
    }
  }
}
