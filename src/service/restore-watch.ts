import type { Context } from '../context.ts';
import { verifyDatabase, type Unanswered } from '../usecases/verify-database.ts';

/** Time that the first look waits for the marks outside of the database. */
const marksTimeoutMs = 10_000;

/**
 * Looks for a restore that nobody declared: before anything is served, at intervals after that, and whenever the database
 * under this process turns out to be another one than last looked at.
 */
export class RestoreWatch {
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<string> | undefined;
  private readonly context: Context;
  private readonly unanswered: Unanswered = new Map();

  constructor(context: Context) {
    this.context = context;
    context.database.guard.verifyWith(() => this.look());
  }

  /** Resolves after the first look, which nothing is served before. */
  async start(): Promise<void> {
    const { database, marks, log } = this.context;
    await marks.ready(marksTimeoutMs);
    await database.guard.verify();
    if (this.unanswered.size > 0) {
      log.warn(
        'Redis gives no answer: a volume snapshot that was put back is noticed once it does, and the service goes on meanwhile',
      );
    }
    this.timer = setInterval(() => {
      database.guard
        .verify()
        .catch((error: unknown) =>
          this.context.log.warn({ error: String(error) }, 'the database cannot be looked at; it will be tried again'),
        );
    }, this.context.config.noticeIntervalMs);
  }

  /** Resolves when no look is under way. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    // Its caller is told of a failure.
    await this.looking?.catch(() => undefined);
  }

  /** One look at a time: callers that ask meanwhile get the same answer. */
  private async look(): Promise<string> {
    this.looking ??= verifyDatabase(this.context, this.unanswered).finally(() => {
      this.looking = undefined;
    });
    return await this.looking;
  }
}
