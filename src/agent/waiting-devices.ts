import type { Bus } from '../bus/bus.ts';
import type { Database } from '../db/client.ts';
import type { Log } from '../log.ts';
import { findStandings, type Standing } from '../usecases/find-standings.ts';

/** A poll that is held open, or a WebSocket: something that a device waits at for news. */
export type Waiter = {
  readonly device: string;
  /** How the device stands, looked at again because something may have changed. */
  onStanding(standing: Standing, restore: string): void;
  /** The waiting is over: a restore was declared, so what the device said before counts no more, or this process stops. */
  onInterrupted(why: 'restore' | 'shutdown'): void;
};

/** Devices looked up in one query. */
const lookupBatch = 1_000;

/**
 * Who waits in this process, and waking them. A message on the bus is a hint to look at a device now; every so often all
 * are looked at without one, so a lost message costs that long and no more.
 */
export class WaitingDevices {
  private readonly waiters = new Map<string, Set<Waiter>>();
  private readonly toLookAt = new Set<string>();
  private looking = false;
  private restore: string | undefined;
  private readonly stops: Array<() => void> = [];
  private readonly deps: { database: Database; log: Log };

  constructor(deps: { database: Database; bus: Bus; log: Log }, { lookAtAllEveryMs }: { lookAtAllEveryMs: number }) {
    this.deps = deps;
    this.stops.push(
      deps.bus.subscribe((message) => {
        if (message.type === 'device-news') this.lookAt(message.devices);
        if (message.type === 'restore-declared') this.noticeRestore(message.restore);
      }),
    );
    const timer = setInterval(() => this.lookAt(this.waiters.keys()), lookAtAllEveryMs);
    this.stops.push(() => clearInterval(timer));
  }

  get count(): number {
    return this.waiters.size;
  }

  /** @returns what ends the waiting */
  add(waiter: Waiter): () => void {
    const there = this.waiters.get(waiter.device);
    if (there === undefined) this.waiters.set(waiter.device, new Set([waiter]));
    else there.add(waiter);
    // A report that was under way when this process began to stop: nobody else would ever wake it.
    if (this.stops.length === 0) setImmediate(() => waiter.onInterrupted('shutdown'));
    return () => {
      const left = this.waiters.get(waiter.device);
      left?.delete(waiter);
      if (left?.size === 0) this.waiters.delete(waiter.device);
    };
  }

  /** Looks at those of these devices that wait here, soon. */
  lookAt(devices: Iterable<string>): void {
    for (const device of devices) {
      if (this.waiters.has(device)) this.toLookAt.add(device);
    }
    if (this.looking || this.toLookAt.size === 0) return;
    this.looking = true;
    void this.lookAtAll().finally(() => {
      this.looking = false;
      if (this.toLookAt.size > 0 && this.stops.length > 0) setTimeout(() => this.lookAt([]), 100);
    });
  }

  stop(): void {
    for (const stop of this.stops.splice(0)) stop();
    this.interruptAll('shutdown');
  }

  private interruptAll(why: 'restore' | 'shutdown'): void {
    for (const waiters of this.waiters.values()) {
      for (const waiter of waiters) waiter.onInterrupted(why);
    }
  }

  private async lookAtAll(): Promise<void> {
    while (this.toLookAt.size > 0) {
      const names = [...this.toLookAt].slice(0, lookupBatch);
      try {
        const { restore, standings } = await findStandings(this.deps, names);
        for (const name of names) this.toLookAt.delete(name);
        this.noticeRestore(restore);
        for (const [name, standing] of standings) {
          for (const waiter of this.waiters.get(name) ?? []) waiter.onStanding(standing, restore);
        }
      } catch (error) {
        this.deps.log.warn({ error: String(error) }, 'waiting devices could not be looked at; trying again');
        return;
      }
    }
  }

  private noticeRestore(restore: string): void {
    const before = this.restore;
    this.restore = restore;
    if (before !== undefined && before !== restore) this.interruptAll('restore');
  }
}
