import type { Bus } from '../bus/bus.ts';
import type { Database } from '../db/client.ts';
import type { Log } from '../logging/log.ts';
import { findStandings, type Standing } from '../usecases/find-standings.ts';

/** A poll that is held open, or a WebSocket: something that a device waits at for news. */
export type Waiter = {
  readonly device: string;
  readonly kind: 'poll' | 'socket';
  /** The restore in which the device said here where it is; null while it has not. */
  readonly restore: string | null;
  /** Called with the device's standing, read again because something may have changed. */
  onStanding(standing: Standing, restore: string): void;
  /** Another restore is current than the one in which the device spoke: what it said counts no more. */
  onRestore(restore: string): void;
  /** Nothing will come of it: this process stops, or newer polls of the device have taken the place of this one. */
  onStopping(): void;
};

/** Devices looked up in one query. */
const lookupBatch = 1_000;
/** Time before a failed lookup is tried again, in milliseconds. */
const retryAfterMs = 250;

/**
 * Devices that wait in this process, and waking them. A message on the bus is a hint to look at a device now; at intervals all
 * are looked at without one, so a lost message costs that long and no more. What is so is read from the database each
 * time, and never concluded from a message.
 */
export class WaitingDevices {
  private readonly waiters = new Map<string, Set<Waiter>>();
  private readonly toLookAt = new Set<string>();
  private polls = 0;
  private looking = false;
  private stopped = false;
  private readonly stops: Array<() => void> = [];
  private readonly deps: { database: Database; log: Log };

  private readonly maxPollsPerDevice: number;

  constructor(
    deps: { database: Database; bus: Bus; log: Log },
    { lookAtAllEveryMs, maxPollsPerDevice }: { lookAtAllEveryMs: number; maxPollsPerDevice: number },
  ) {
    this.deps = deps;
    this.maxPollsPerDevice = maxPollsPerDevice;
    this.stops.push(
      deps.bus.subscribe((message) => {
        if (message.type === 'device-news') this.lookAt(message.devices);
        if (message.type === 'restore-declared') this.lookAt(this.waiters.keys());
      }),
    );
    const timer = setInterval(() => this.lookAt(this.waiters.keys()), lookAtAllEveryMs);
    this.stops.push(() => clearInterval(timer));
  }

  get count(): number {
    return this.waiters.size;
  }

  /** Polls that are held open. */
  get pollCount(): number {
    return this.polls;
  }

  /** @returns what ends the waiting */
  add(waiter: Waiter): () => void {
    if (waiter.kind === 'poll') this.polls += 1;
    const there = this.waiters.get(waiter.device);
    if (there === undefined) this.waiters.set(waiter.device, new Set([waiter]));
    else {
      there.add(waiter);
      if (waiter.kind === 'poll') this.endOldest(there);
    }
    // Its report was still being judged when the others were told.
    if (this.stopped) queueMicrotask(() => waiter.onStopping());
    return () => {
      const left = this.waiters.get(waiter.device);
      if (left?.delete(waiter) === true && waiter.kind === 'poll') this.polls -= 1;
      if (left?.size === 0) this.waiters.delete(waiter.device);
    };
  }

  /** Ends older polls: a device that polls again may no longer wait at them. */
  private endOldest(there: ReadonlySet<Waiter>): void {
    const polls = [...there].filter(({ kind }) => kind === 'poll');
    for (const oldest of polls.slice(0, Math.max(0, polls.length - this.maxPollsPerDevice))) oldest.onStopping();
  }

  /** Looks at those of these devices that wait here, soon. */
  lookAt(devices: Iterable<string>): void {
    for (const device of devices) {
      if (this.waiters.has(device)) this.toLookAt.add(device);
    }
    if (this.looking || this.stopped || this.toLookAt.size === 0) return;
    this.looking = true;
    void this.lookAtAll().finally(() => {
      this.looking = false;
      if (this.toLookAt.size > 0) setTimeout(() => this.lookAt([]), retryAfterMs);
    });
  }

  stop(): void {
    this.stopped = true;
    for (const stop of this.stops.splice(0)) stop();
    for (const waiters of this.waiters.values()) {
      for (const waiter of waiters) waiter.onStopping();
    }
  }

  private async lookAtAll(): Promise<void> {
    while (this.toLookAt.size > 0 && !this.stopped) {
      const names = [...this.toLookAt].slice(0, lookupBatch);
      // Taken off before the look: news that comes while it is under way asks for another one.
      for (const name of names) this.toLookAt.delete(name);
      try {
        const { restore, standings } = await findStandings(this.deps, names);
        for (const name of names) this.tell(name, restore, standings.get(name));
      } catch (error) {
        if (this.stopped) return;
        for (const name of names) this.toLookAt.add(name);
        this.deps.log.warn({ error: String(error) }, 'waiting devices could not be looked at; trying again');
        return;
      }
    }
  }

  /** @param standing undefined if the device is gone */
  private tell(device: string, restore: string, standing: Standing | undefined): void {
    for (const waiter of this.waiters.get(device) ?? []) {
      if (waiter.restore !== null && waiter.restore !== restore) waiter.onRestore(restore);
      else if (standing !== undefined) waiter.onStanding(standing, restore);
    }
  }
}
