import { writeSync } from 'node:fs';
import type { Bus } from '../../src/bus/bus.ts';
import type { Clock } from '../../src/time/clock.ts';
import type { Database } from '../../src/db/client.ts';
import type { SpecRenderer } from '../../src/domain/rendering/spec-renderer.ts';
import type { RenderQueue } from '../../src/queue/render-queue.ts';

/** The steps of a render job at which its process can be ended or stopped. */
export const renderPoints = [
  'before-read',
  'after-read',
  'after-render',
  'before-commit',
  'after-commit',
  'before-notify',
  'after-notify',
  'before-ack',
  'after-ack',
] as const;

/** The steps of declaring a restore from a process of its own. */
export const declarePoints = [
  'before-connect',
  'after-connect',
  'before-commit',
  'after-commit',
  'before-discard',
  'after-discard',
  'before-announce',
  'after-announce',
  'before-exit',
] as const;

/** The steps of a request that writes, in the process that serves it. */
export const requestPoints = ['request-before-commit', 'request-after-commit', 'before-hint'] as const;

export type Failpoint = (typeof renderPoints)[number] | (typeof declarePoints)[number] | (typeof requestPoints)[number];

/** The effect of a failpoint: the process ends at once, or stops until it is told to go on. */
export type Order = { readonly point: Failpoint; readonly action: 'kill' | 'stop'; readonly skip: number };

/** Messages to a process over its IPC channel. */
export type Message = { readonly arm: Order | null } | { readonly clockOffsetMs: number };

/** Named places in a process. Passing one does nothing unless it was armed; then it happens once. */
export class Failpoints {
  private order: Order | undefined;
  private skip = 0;

  arm(order: Order | null): void {
    this.order = order ?? undefined;
    this.skip = order?.skip ?? 0;
  }

  pass(point: Failpoint): void {
    const { order } = this;
    if (order === undefined || order.point !== point) return;
    if (this.skip > 0) {
      this.skip -= 1;
      return;
    }
    this.order = undefined;
    // Before the end, and not after: nothing is written after it.
    writeSync(1, `${JSON.stringify({ event: 'failpoint', point, action: order.action })}\n`);
    process.kill(process.pid, order.action === 'kill' ? 'SIGKILL' : 'SIGSTOP');
    if (order.action === 'kill') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10_000);
  }
}

/** A clock that is wrong by as much as it is told to be. */
export class SkewedClock implements Clock {
  offsetMs = 0;
  now(): Date {
    return new Date(Date.now() + this.offsetMs);
  }
}

/** Knows which transaction is the commit of a render: the first that begins after something was rendered. */
export class RenderSteps {
  private rendered = false;
  private readonly failpoints: Failpoints;

  constructor(failpoints: Failpoints) {
    this.failpoints = failpoints;
  }

  renderer(real: SpecRenderer): SpecRenderer {
    return {
      render: (spec, device) => {
        if (!this.rendered) this.failpoints.pass('after-read');
        this.rendered = true;
        return real.render(spec, device);
      },
    };
  }

  database(real: Database): Database {
    const { failpoints } = this;
    return {
      guard: real.guard,
      pool: real.pool,
      read: (statement) => real.read(statement),
      ping: () => real.ping(),
      close: () => real.close(),
      transact: async (work) => {
        const isRender = this.rendered;
        this.rendered = false;
        if (isRender) failpoints.pass('after-render');
        const result = await real.transact(async (tx) => {
          const done = await work(tx);
          failpoints.pass(isRender ? 'before-commit' : 'request-before-commit');
          return done;
        });
        failpoints.pass(isRender ? 'after-commit' : 'request-after-commit');
        return result;
      },
    };
  }
}

export function watchedQueue(real: RenderQueue, failpoints: Failpoints): RenderQueue {
  return {
    wantRendering(restore, devices) {
      failpoints.pass('before-hint');
      real.wantRendering(restore, devices);
    },
    wantRollout: (restore, fleet) => real.wantRollout(restore, fleet),
    discardOlderJobs() {
      failpoints.pass('before-discard');
      real.discardOlderJobs();
      failpoints.pass('after-discard');
    },
    work(handle, options) {
      real.work(async (job) => {
        if (job.kind === 'render-devices') failpoints.pass('before-read');
        await handle(job);
        if (job.kind !== 'render-devices') return;
        failpoints.pass('before-ack');
        setTimeout(() => failpoints.pass('after-ack'), 30);
      }, options);
    },
    isHealthy: () => real.isHealthy(),
    state: () => real.state(),
    close: () => real.close(),
  };
}

export function watchedBus(real: Bus, failpoints: Failpoints): Bus {
  return {
    publish(message) {
      const restore = message.type === 'restore-declared';
      if (restore) failpoints.pass('before-announce');
      else if (message.type === 'device-news') failpoints.pass('before-notify');
      real.publish(message);
      if (restore) failpoints.pass('after-announce');
      else if (message.type === 'device-news') failpoints.pass('after-notify');
    },
    subscribe: (listener) => real.subscribe(listener),
    close: () => real.close(),
  };
}
