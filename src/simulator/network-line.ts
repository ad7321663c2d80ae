import { setTimeout as sleep } from 'node:timers/promises';

/** A device's access to its network. Cutting it ends what is under way; mending lets the device try again. */
export class NetworkLine {
  private session = new AbortController();
  private readonly stopping = new AbortController();
  private mended: { promise: Promise<void>; resolve: () => void } | undefined;
  private delayMs = 0;

  get isStopped(): boolean {
    return this.stopping.signal.aborted;
  }

  get isCut(): boolean {
    return this.mended !== undefined;
  }

  cut(): void {
    if (this.mended !== undefined) return;
    let resolve = () => {};
    const promise = new Promise<void>((done) => {
      resolve = done;
    });
    this.mended = { promise, resolve };
    this.session.abort();
  }

  /** @param delayMs how long the device takes to notice */
  mend(delayMs: number): void {
    if (this.mended === undefined || this.isStopped) return;
    const { resolve } = this.mended;
    this.mended = undefined;
    this.delayMs = delayMs;
    this.session = new AbortController();
    resolve();
  }

  /** For good. */
  stop(): void {
    this.stopping.abort();
    this.session.abort();
    this.mended?.resolve();
  }

  /** Waits for the network. @returns a signal that ends with it; undefined once the line was stopped */
  async whenUp(): Promise<AbortSignal | undefined> {
    while (this.mended !== undefined && !this.isStopped) await this.mended.promise;
    if (this.isStopped) return undefined;
    if (this.delayMs > 0) {
      const delayMs = this.delayMs;
      this.delayMs = 0;
      await this.pause(delayMs);
      return await this.whenUp();
    }
    return this.session.signal;
  }

  /** Waits, but no longer than until the network is cut or stopped. */
  async pause(ms: number): Promise<void> {
    if (ms > 0) await sleep(ms, undefined, { signal: this.session.signal }).catch(() => undefined);
  }
}
