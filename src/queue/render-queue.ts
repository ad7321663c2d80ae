import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPostgresBackend, Queue, Worker, withBackend, type Job } from 'bullmq';
import { Redis } from 'ioredis';
import { z } from 'zod';
import type { Log } from '../logging/log.ts';
import { within } from '../time/time-limit.ts';

/** Telling a worker that it is worth looking at something now. A hint: it may be lost, it decides nothing. */
export type RenderHints = {
  /** Never throws and never waits: the sweep finds the devices whose hint was lost. */
  wantRendering(restore: string, devices: readonly string[]): void;
  wantRollout(restore: string, fleet: string): void;
};

export type QueueControl = {
  /** Empties the queue of what waits: after a restore was declared, all of it belongs to an older one. */
  discardOlderJobs(): void;
};

/** Jobs carry names and the restore they belong to, never state: the handler looks again. */
const jobSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('render-devices'), restore: z.uuid(), devices: z.array(z.string()).max(1_000) }),
  z.object({ kind: z.literal('roll-out-fleet'), restore: z.uuid(), fleet: z.string() }),
]);
export type RenderJob = z.infer<typeof jobSchema>;

export type QueueState = {
  /** Jobs by where they are; undefined if the queue does not answer. */
  readonly jobs: Readonly<Record<(typeof jobStates)[number], number>> | undefined;
  /** State of the worker of this process; `none` where it has none. */
  readonly worker: 'none' | 'running' | 'lost';
};

/** States of a job. A `failed` one was tried often enough and is set aside. */
export const jobStates = ['waiting', 'active', 'delayed', 'failed'] as const;

export type RenderQueue = RenderHints &
  QueueControl & {
    /** Starts to work: one handler at a time for each of `concurrency`. */
    work(handle: (job: RenderJob) => Promise<void>, options: { concurrency: number }): void;
    /** Tells if the queue answers and the worker, if this process has one, takes jobs. */
    isHealthy(): Promise<boolean>;
    /** Reads the state of the queue, as this process sees it. Never throws. */
    state(): Promise<QueueState>;
    /** Lets running jobs end, for a few seconds; the others stay for another worker. */
    close(): Promise<void>;
  };

const queueName = 'render';
const prefix = '{muster}';
/** Devices of one job: enough to share statements, few enough to spread over workers. */
const devicesPerJob = 500;
/** Jobs of many that are sent before the rest, so that workers begin while it is still being sent. */
const jobsSentFirst = 8;
const jobsSentAtOnce = 50;
/** Time within which hints that follow one share its job: many devices that come one by one must not cost a job each. */
const gatherMs = 100;
/** A queue that takes longer to say how it is does not answer. */
const answerTimeoutMs = 2_000;
/** Longest time for closing. A job that runs longer is taken up by another worker. */
const closeTimeoutMs = 5_000;
const jobOptions = {
  attempts: 3,
  backoff: { type: 'exponential', delay: 200 },
  removeOnComplete: true,
  removeOnFail: { count: 1_000 },
} as const;

/** Opens the queue on Redis where there is one, else on Postgres. */
export function openRenderQueue(urls: { databaseUrl: string; redisUrl: string | undefined }, log: Log): RenderQueue {
  return urls.redisUrl === undefined ? openOnPostgres(urls.databaseUrl, log) : openOnRedis(urls.redisUrl, log);
}

function openOnPostgres(databaseUrl: string, log: Log): RenderQueue {
  const { Queue: PostgresQueue, Worker: PostgresWorker } = withBackend(createPostgresBackend);
  const connection = { connectionString: databaseUrl, schema: 'bullmq', migrate: true, max: 4 };
  return new BullRenderQueue({
    log,
    queue: new PostgresQueue(queueName, { connection }),
    startWorker: (process, concurrency) => new PostgresWorker(queueName, process, { connection, concurrency }),
    isConnected: () => true,
    isWorkerConnected: () => true,
    disconnect: () => undefined,
  });
}

function openOnRedis(redisUrl: string, log: Log): RenderQueue {
  // A hint that cannot be sent now is not worth keeping; a worker waits for Redis for as long as it takes.
  const producing = new Redis(redisUrl, { maxRetriesPerRequest: 1, enableOfflineQueue: false });
  const working = new Redis(redisUrl, { maxRetriesPerRequest: null });
  for (const connection of [producing, working]) {
    connection.on('error', (error: Error) => log.debug({ error: error.message }, 'redis queue connection'));
  }
  return new BullRenderQueue({
    log,
    queue: new Queue(queueName, { connection: producing, prefix }),
    startWorker: (process, concurrency) => new Worker(queueName, process, { connection: working, prefix, concurrency }),
    isConnected: () => producing.status === 'ready',
    isWorkerConnected: () => working.status === 'ready',
    disconnect() {
      producing.disconnect();
      working.disconnect();
    },
  });
}

type Failing = { on(event: 'error', listener: (error: Error) => void): unknown };
type AnyQueue = Pick<Queue, 'addBulk' | 'drain' | 'close' | 'getJobCounts'> & Failing;
type AnyWorker = Pick<Worker, 'close' | 'isRunning'> & Failing;
type Parts = {
  readonly log: Log;
  readonly queue: AnyQueue;
  readonly startWorker: (process: (job: Job) => Promise<void>, concurrency: number) => AnyWorker;
  /** Tells if a hint can be sent now. */
  readonly isConnected: () => boolean;
  /** Tells if a worker can take jobs now. */
  readonly isWorkerConnected: () => boolean;
  readonly disconnect: () => void;
};

class BullRenderQueue implements RenderQueue {
  private worker: AnyWorker | undefined;
  private readonly sending = new Set<Promise<unknown>>();
  /** Devices by restore whose hints wait to be sent together; the timer runs while a hint would wait. */
  private gathered = new Map<string, Set<string>>();
  private gathering: NodeJS.Timeout | undefined;
  private readonly parts: Parts;

  constructor(parts: Parts) {
    this.parts = parts;
    parts.queue.on('error', (error: Error) => parts.log.debug({ error: error.message }, 'render queue'));
  }

  /** The first hint is sent at once. */
  wantRendering(restore: string, devices: readonly string[]): void {
    if (this.gathering === undefined) {
      this.sendDevices(restore, devices);
      this.gathering = setTimeout(() => this.sendGathered(), gatherMs);
      return;
    }
    const known = this.gathered.get(restore);
    if (known === undefined) this.gathered.set(restore, new Set(devices));
    else for (const device of devices) known.add(device);
  }

  private sendGathered(): void {
    const { gathered } = this;
    this.gathered = new Map();
    for (const [restore, devices] of gathered) this.sendDevices(restore, [...devices]);
    this.gathering = gathered.size === 0 ? undefined : setTimeout(() => this.sendGathered(), gatherMs);
  }

  private sendDevices(restore: string, devices: readonly string[]): void {
    const jobs: RenderJob[] = [];
    for (let start = 0; start < devices.length; start += devicesPerJob) {
      jobs.push({ kind: 'render-devices', restore, devices: devices.slice(start, start + devicesPerJob) });
    }
    this.send(jobs);
  }

  wantRollout(restore: string, fleet: string): void {
    this.send([{ kind: 'roll-out-fleet', restore, fleet }]);
  }

  discardOlderJobs(): void {
    this.inBackground(() => this.parts.queue.drain(true));
  }

  private send(jobs: readonly RenderJob[]): void {
    if (jobs.length === 0) return;
    this.inBackground(async () => {
      await this.add(jobs.slice(0, jobsSentFirst));
      for (let start = jobsSentFirst; start < jobs.length; start += jobsSentAtOnce) {
        await this.add(jobs.slice(start, start + jobsSentAtOnce));
      }
    });
  }

  private async add(jobs: readonly RenderJob[]): Promise<void> {
    const named = jobs.map((data) => ({ name: data.kind, data, opts: { ...jobOptions, jobId: randomUUID() } }));
    await this.parts.queue.addBulk(named);
  }

  private inBackground(work: () => Promise<unknown>): void {
    // The queue would keep what it is given until it has connected: any number of hints, for as long as Redis is away.
    if (!this.parts.isConnected()) {
      this.parts.log.debug('the render queue is not connected; the sweep will find what this hint was about');
      return;
    }
    const tracked = work()
      .catch((error: unknown) =>
        this.parts.log.warn({ error: String(error) }, 'the render queue missed a hint; the sweep will find it'),
      )
      .finally(() => this.sending.delete(tracked));
    this.sending.add(tracked);
  }

  work(handle: (job: RenderJob) => Promise<void>, { concurrency }: { concurrency: number }): void {
    this.worker = this.parts.startWorker((job) => handle(jobSchema.parse(job.data)), concurrency);
    this.worker.on('error', (error) => this.parts.log.debug({ error: error.message }, 'render worker'));
  }

  async isHealthy(): Promise<boolean> {
    const { jobs, worker } = await this.state();
    return jobs !== undefined && worker !== 'lost';
  }

  async state(): Promise<QueueState> {
    const counts = this.parts.isConnected()
      ? await within(answerTimeoutMs, this.parts.queue.getJobCounts(...jobStates))
      : undefined;
    const { waiting = 0, active = 0, delayed = 0, failed = 0 } = counts ?? {};
    return { jobs: counts && { waiting, active, delayed, failed }, worker: this.workerState() };
  }

  private workerState(): QueueState['worker'] {
    if (this.worker === undefined) return 'none';
    return this.worker.isRunning() && this.parts.isWorkerConnected() ? 'running' : 'lost';
  }

  async close(): Promise<void> {
    // Neither a job that does not end nor a server that is away may keep a stopping process.
    await Promise.race([this.closeInOrder(), sleep(closeTimeoutMs, undefined, { ref: false })]);
    this.parts.disconnect();
  }

  private async closeInOrder(): Promise<void> {
    await this.worker?.close(!this.parts.isConnected());
    clearTimeout(this.gathering);
    for (const [restore, devices] of this.gathered) this.sendDevices(restore, [...devices]);
    if (!this.parts.isConnected()) this.parts.disconnect();
    await Promise.allSettled(this.sending);
    await this.parts.queue.close();
  }
}
