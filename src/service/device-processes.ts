import cluster, { type Worker } from 'node:cluster';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../config/config.ts';
import type { Log } from '../logging/log.ts';
import { sumOf, type MetricValues } from '../metrics/service-metrics.ts';
import {
  deviceProcessAnswerSchema,
  type DeviceProcessAnswer,
  type DeviceProcessOrder,
} from './device-process-messages.ts';
import { within } from '../time/time-limit.ts';

/** Time after which a process that ended by itself is started again. */
const restartAfterMs = 1_000;
/** Longest wait for the measurements of a process; a slower one contributes its previous values. */
const metricsTimeoutMs = 1_000;

/** Processes that devices talk to, on one address: connections are shared out among them. */
export type DeviceProcesses = {
  /** Their base address. */
  readonly agent: string;
  /** Measurements of each of them. */
  metrics(): Promise<MetricValues[]>;
  /** Makes each read certificates, keys and tokens again. */
  reload(): void;
  /** Lets each finish what it began; resolves when all are gone. */
  stop(): Promise<void>;
  /** Ends those that are left. */
  cut(): void;
};

/**
 * Starts a number of processes, and starts again any that ends by itself.
 *
 * @param environment what the configuration was read from: they read it again
 * @throws Error saying what keeps one of them from serving
 */
export async function startDeviceProcesses(
  count: number,
  environment: Environment,
  log: Log,
): Promise<DeviceProcesses> {
  const processes = new Set<DeviceProcess>();
  /** Counts of the processes that have ended: without them the sum would go down, as if all had restarted. */
  let gone: MetricValues = [];
  let adding = Promise.resolve();
  const addToGone = async (ending: DeviceProcess, before: Promise<void>) => {
    await before;
    const sum = await sumOf([gone, countedIn(ending.lastMetrics)]);
    // In one step, so that no scrape has it in neither or in both.
    processes.delete(ending);
    gone = sum;
  };
  let stopping = false;
  const replaceOnceEnded = async (ending: DeviceProcess): Promise<void> => {
    const code = await ending.ended;
    adding = addToGone(ending, adding);
    await adding;
    if (stopping) return;
    log.error({ code }, 'a process that devices talk to has ended; it is started again');
    await sleep(restartAfterMs, undefined, { ref: false });
    if (stopping) return;
    // If it does not start, it has ended too, and is replaced for that.
    await start().agent.catch((error: unknown) => log.error({ error: String(error) }, 'that process did not start'));
  };
  const start = (): DeviceProcess => {
    const started = new DeviceProcess(environment);
    processes.add(started);
    void replaceOnceEnded(started);
    return started;
  };
  const stop = async () => {
    stopping = true;
    await Promise.all([...processes].map((each) => each.stop()));
  };
  try {
    const [agent = ''] = await Promise.all(Array.from({ length: count }, () => start().agent));
    return {
      agent,
      async metrics() {
        const serving = [...processes].filter((each) => each.serves);
        await Promise.all(serving.map((each) => within(metricsTimeoutMs, each.measure())));
        return [...[...processes].map((each) => each.lastMetrics), gone];
      },
      reload() {
        for (const each of processes) each.tell({ kind: 'reload' });
      },
      stop,
      cut() {
        for (const each of processes) each.cut();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Keeps the values that only grow; what a process held open ended with it. */
function countedIn(metrics: MetricValues): MetricValues {
  return metrics.filter(({ type, name }) => (type === 'counter' || type === 'histogram') && name.startsWith('muster_'));
}

/** The program of such a process, beside this file: as it was written, or compiled. */
const program = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? 'device-process.ts' : 'device-process.js', import.meta.url),
);

class DeviceProcess {
  /** Address at which it serves. @throws Error saying why it does not */
  readonly agent: Promise<string>;
  /** Its exit code; null if a signal ended it. */
  readonly ended: Promise<number | null>;
  /** True once devices can talk to it. */
  serves = false;
  private readonly worker: Worker;
  /** Measurements that it sent last. */
  lastMetrics: MetricValues = [];
  private asking: { readonly answered: Promise<void>; readonly resolve: () => void } | undefined;

  constructor(environment: Environment) {
    cluster.setupPrimary({ exec: program, args: [] });
    this.worker = cluster.fork(environment);
    this.ended = new Promise((resolve) => {
      this.worker.once('exit', (code: number | null) => resolve(code));
      // It could not be started, or a message could not be sent to it: then it has ended, or is about to.
      this.worker.on('error', () => {
        if (this.worker.process.pid === undefined) resolve(null);
      });
    });
    this.agent = new Promise((resolve, reject) => {
      this.worker.on('message', (message) => {
        const answer = deviceProcessAnswerSchema.parse(message);
        if (answer.kind === 'started') {
          this.serves = true;
          resolve(answer.agent);
        } else if (answer.kind === 'failed') reject(new Error(answer.message));
        else this.onMetrics(answer);
      });
      void this.ended.then((code) => reject(new Error(`a process that devices talk to ended with code ${code}`)));
    });
  }

  tell(order: DeviceProcessOrder): void {
    // A process that has just ended gets no message.
    if (this.worker.isConnected()) this.worker.send(order, () => undefined);
  }

  /** Resolves once {@link lastMetrics} are those of now. Callers that ask at the same time share one answer. */
  async measure(): Promise<void> {
    if (this.asking === undefined) {
      let finish = () => {};
      const answered = new Promise<void>((resolve) => {
        finish = resolve;
      });
      this.asking = { answered, resolve: finish };
      this.tell({ kind: 'metrics' });
    }
    await this.asking.answered;
  }

  private onMetrics({ metrics }: Extract<DeviceProcessAnswer, { kind: 'metrics' }>): void {
    this.lastMetrics = metrics;
    this.asking?.resolve();
    this.asking = undefined;
  }

  /** Lets it finish; a process that does not serve yet is ended at once. */
  async stop(): Promise<void> {
    if (this.serves) this.tell({ kind: 'stop' });
    else this.cut();
    await this.ended;
  }

  cut(): void {
    this.worker.process.kill('SIGKILL');
  }
}
