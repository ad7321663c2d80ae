import type { Context } from '../context.ts';
import { keepDeviceCounts } from '../usecases/keep-device-counts.ts';
import { keepJournal } from '../usecases/keep-journal.ts';
import { removeOutdated } from '../usecases/remove-outdated.ts';
import { removeUnreferencedSpecs } from '../usecases/remove-unused-specs.ts';

type Chore = (context: Context, signal: AbortSignal) => Promise<void>;

/** The chores, each with the interval of the checks whether it is due. No chore waits for another. */
const chores: ReadonlyArray<{ readonly everyMs: number; readonly run: Chore }> = [
  { everyMs: 10_000, run: removeOutdated },
  { everyMs: 60_000, run: removeUnreferencedSpecs },
  { everyMs: 30_000, run: keepJournal },
  // After a restore people look at once.
  { everyMs: 2_000, run: keepDeviceCounts },
];

/** Does what is due at intervals, and what nobody waits for: removes what has been kept for long enough, and counts large fleets. */
export class Housekeeping {
  private readonly stopping = new AbortController();
  private readonly working = new Set<Promise<void>>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly context: Context;

  constructor(context: Context) {
    this.context = context;
  }

  start(): void {
    for (const { everyMs, run } of chores) this.schedule(everyMs, run);
  }

  /** Lets the steps that are under way end, and takes no others. */
  async stop(): Promise<void> {
    this.stopping.abort();
    for (const timer of this.timers) clearTimeout(timer);
    await Promise.all(this.working);
  }

  private schedule(everyMs: number, run: Chore): void {
    if (this.stopping.signal.aborted) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      const work = this.work(run).finally(() => {
        this.working.delete(work);
        this.schedule(everyMs, run);
      });
      this.working.add(work);
    }, everyMs);
    this.timers.add(timer);
  }

  private async work(run: Chore): Promise<void> {
    try {
      await run(this.context, this.stopping.signal);
    } catch (error) {
      this.context.log.warn({ error: String(error) }, 'housekeeping failed; it will be tried again');
    }
  }
}
