import { LRUCache } from 'lru-cache';
import type { Bus } from '../bus/bus.ts';
import type { Clock } from '../time/clock.ts';
import type { Database } from '../db/client.ts';
import {
  contestAfter,
  isCloneNews,
  showsClones,
  waitBeforeTakeover,
  type Contest,
} from '../domain/devices/takeovers.ts';
import type { Log } from '../logging/log.ts';
import type { Observer } from '../usecases/observer.ts';
import { noteClones } from '../usecases/note-clones.ts';

/** Devices whose connections fight for their place that are remembered; past it the oldest may take over at once again. */
const maxRemembered = 10_000;

export type TakeoverDeps = {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly database: Database;
  readonly log: Log;
  readonly observer: Observer;
};

/**
 * Slows down connections of one device that take over from each other, and says that they are two machines. What one
 * instance sees it tells the others; what they miss costs a takeover that comes too early, and no more.
 */
export class TakeoverWatch {
  private readonly contests = new LRUCache<string, Contest>({ max: maxRemembered });
  private readonly deps: TakeoverDeps;
  private readonly unsubscribe: () => void;

  constructor(deps: TakeoverDeps) {
    this.deps = deps;
    this.unsubscribe = deps.bus.subscribe((message) => {
      if (message.type === 'device-contested') this.onContested(message);
    });
  }

  /** Seconds after which a new connection may come back; 0 if it is welcome now. */
  secondsToWait(device: string): number {
    return waitBeforeTakeover(this.contests.get(device), this.nowMs());
  }

  /** Notes that a living connection lost its place to another one, here or on another instance. */
  contested(device: string): void {
    const nowMs = this.nowMs();
    const contest = contestAfter(this.contests.get(device), nowMs);
    const isNews = isCloneNews(contest, nowMs);
    this.contests.set(device, isNews ? { ...contest, saidAtMs: nowMs } : contest);
    if (showsClones(contest)) this.deps.observer.cloneSigns('connection', 1);
    this.deps.bus.publish({ type: 'device-contested', device, times: contest.times, said: isNews });
    if (!isNews) return;
    noteClones(this.deps, { device, times: contest.times }).catch((error: unknown) =>
      this.deps.log.warn({ error: String(error), device }, 'two machines under one name could not be written down'),
    );
  }

  stop(): void {
    this.unsubscribe();
  }

  /** An instance receives its own messages too; those say nothing new. */
  private onContested({ device, times, said }: { device: string; times: number; said: boolean }): void {
    const known = this.contests.get(device);
    if (known !== undefined && known.times >= times) return;
    const nowMs = this.nowMs();
    this.contests.set(device, {
      times,
      lastAtMs: nowMs,
      ...(said ? { saidAtMs: nowMs } : known?.saidAtMs !== undefined && { saidAtMs: known.saidAtMs }),
    });
  }

  private nowMs(): number {
    return this.deps.clock.now().getTime();
  }
}
