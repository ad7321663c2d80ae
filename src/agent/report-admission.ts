import { LRUCache } from 'lru-cache';
import type { Clock } from '../time/clock.ts';

/** Share of the queue that is kept for devices that were turned away before, so that none is turned away again and again. */
const keptForReturning = 0.2;
/** Devices that are remembered as turned away; past it the oldest are forgotten and count as new. */
const maxRemembered = 200_000;
/** Longest time after which a device is told to come back, in seconds. */
const maxWaitSeconds = 600;
/** Before anything is known of the rate, those turned away are spread over this many seconds. */
const firstGuessSeconds = 10;
/** Weight of the newest second in the rate served. */
const smoothing = 0.3;

/**
 * Decides which reports may join the queue, and when the others shall come back: spread at random over the time that the rest of
 * the muster needs at the rate that can be served (design.md, section 10), sooner each time that they are turned away.
 */
export class ReportAdmission {
  private readonly timesTurnedAway = new LRUCache<string, number>({
    // Unlike `max`, this sets no memory aside before there is anything to remember.
    maxSize: maxRemembered,
    sizeCalculation: () => 1,
  });
  private servedThisSecond = 0;
  private secondBeganAt: number | undefined;
  /** Nothing waited at some moment of this second: more could have been served than was asked for. */
  private hadTimeToSpare = false;
  private ratePerSecond: number | undefined;
  private awaiting = 0;
  private readonly clock: Clock;
  private readonly maxWaiting: number;
  private readonly processes: number;

  /** @param processes number of processes that the devices of the muster are shared out among */
  constructor(clock: Clock, maxWaiting: number, processes = 1) {
    this.clock = clock;
    this.maxWaiting = maxWaiting;
    this.processes = processes;
  }

  /** Tells if a report of the device may wait. @param waiting number of reports that wait already */
  admits(device: string, waiting: number): boolean {
    if (waiting >= this.maxWaiting) return false;
    return waiting < this.newcomerLimit || this.timesTurnedAway.has(device);
  }

  /** Reports that may wait before newcomers are turned away. */
  get newcomerLimit(): number {
    return this.maxWaiting * (1 - keptForReturning);
  }

  /** Notes that reports were served, how many devices are still awaited, if that is known, and how many reports still wait. */
  served(devices: readonly string[], awaiting: number | undefined, waiting: number): void {
    if (this.timesTurnedAway.size > 0) for (const device of devices) this.timesTurnedAway.delete(device);
    if (awaiting !== undefined) this.awaiting = awaiting;
    const nowMs = this.clock.now().getTime();
    this.secondBeganAt ??= nowMs;
    this.servedThisSecond += devices.length;
    if (waiting === 0) this.hadTimeToSpare = true;
    const elapsedMs = nowMs - this.secondBeganAt;
    if (elapsedMs < 1_000 && elapsedMs >= 0) return;
    if (elapsedMs > 0) this.learn((this.servedThisSecond * 1_000) / elapsedMs);
    this.servedThisSecond = 0;
    this.hadTimeToSpare = waiting === 0;
    this.secondBeganAt = nowMs;
  }

  /** Notes the rate served while there was time to spare: it shows the demand, and what can be served is that or more. */
  private learn(rate: number): void {
    const known = this.ratePerSecond;
    if (this.hadTimeToSpare) this.ratePerSecond = known && Math.max(known, rate);
    else this.ratePerSecond = known === undefined ? rate : known * (1 - smoothing) + rate * smoothing;
  }

  /** Notes that a device is turned away. @returns after how many seconds it shall come back, at least 1 */
  turnAway(device: string, waiting: number): number {
    const times = (this.timesTurnedAway.get(device) ?? 0) + 1;
    this.timesTurnedAway.set(device, times);
    const span = this.secondsForTheRest(waiting) / times;
    return 1 + Math.floor(Math.random() * Math.min(span, maxWaitSeconds));
  }

  /** Time that all devices that still have to come will take. */
  private secondsForTheRest(waiting: number): number {
    if (this.ratePerSecond === undefined || this.ratePerSecond < 1) return firstGuessSeconds;
    // Those turned away are awaited too, all but the few that answered before.
    const awaiting = this.awaiting / this.processes;
    return Math.max(1, Math.max(awaiting, waiting + this.timesTurnedAway.size) / this.ratePerSecond);
  }
}
