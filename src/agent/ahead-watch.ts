import type { Log } from '../logging/log.ts';
import { noticeDevicesAhead, type NoticeAheadDeps } from '../usecases/notice-devices-ahead.ts';

/** Time from the first report of a device that is ahead to the look at all of them. */
const lookAfterMs = 1_000;

/** Looks at all devices that are ahead once a second at most, however many reports say that they are. */
export class AheadWatch {
  private readonly deps: NoticeAheadDeps & { readonly log: Log };
  private due: NodeJS.Timeout | undefined;

  constructor(deps: NoticeAheadDeps & { readonly log: Log }) {
    this.deps = deps;
  }

  /** Asks for a look soon, after a report of a device that is ahead in normal operation. */
  lookSoon(): void {
    this.due ??= setTimeout(() => {
      this.due = undefined;
      noticeDevicesAhead(this.deps).catch((error: unknown) =>
        this.deps.log.warn({ error: String(error) }, 'cannot tell why devices are ahead'),
      );
    }, lookAfterMs).unref();
  }

  stop(): void {
    clearTimeout(this.due);
  }
}
