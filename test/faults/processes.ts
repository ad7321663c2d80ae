import { spawn, type ChildProcess } from 'node:child_process';
import { openSync, closeSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import type { Failpoint, Message, Order } from './failpoints.ts';

const startTimeoutMs = 60_000;
/** Longer than the service gives itself. */
const stopTimeoutMs = 40_000;

const children = new Set<ChildProcess>();

/** Remembers a process that was started here, so that it is ended when this one ends, however that comes about. */
export function track(child: ChildProcess): ChildProcess {
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/**
 * A port that a process can have again after it was killed: below those that the system gives to outgoing connections,
 * one of which might take it meanwhile.
 */
async function lastingPort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = 15_000 + Math.floor(Math.random() * 15_000);
    const server = createServer();
    const isFree = await new Promise<boolean>((done) => {
      server.once('error', () => done(false)).listen(port, '127.0.0.1', () => done(true));
    });
    await new Promise((done) => server.close(done));
    if (isFree && !given.has(port)) {
      given.add(port);
      return port;
    }
  }
  throw new Error('no port is free');
}

const given = new Set<number>();

/** Ends a process at once and waits until it is gone. */
export async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((done) => child.once('exit', done));
  child.kill('SIGKILL');
  await gone;
}

/** Runs one of the rig's own programs. */
export function launchProgram(
  program: string,
  { args, env, log, ipc }: { args: readonly string[]; env: Record<string, string>; log: string; ipc: boolean },
): ChildProcess {
  const stderr = openSync(log, 'a');
  try {
    return track(
      spawn(process.execPath, [program, ...args], {
        env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
        stdio: ipc ? ['ignore', 'pipe', stderr, 'ipc'] : ['ignore', 'pipe', stderr],
      }),
    );
  } finally {
    closeSync(stderr);
  }
}

export type ServiceRole = 'api' | 'worker';

type ServiceOptions = {
  readonly role: ServiceRole;
  readonly name: string;
  /** The program that it runs. */
  readonly program: string;
  readonly environment: Record<string, string>;
  /** A file for its log. */
  readonly log: string;
  /** Told when the process ends although nobody ended it. */
  readonly onDied: (how: string) => void;
};

/** A process of the service: the same addresses whenever it is started again. */
export class ServiceProcess {
  readonly name: string;
  readonly apiPort: number;
  readonly agentPort: number;
  private child: ChildProcess | undefined;
  private expectedEnd = false;
  private readonly options: ServiceOptions;
  private readonly hits: Array<(point: Failpoint) => void> = [];

  private constructor(options: ServiceOptions, apiPort: number, agentPort: number) {
    this.name = options.name;
    this.options = options;
    this.apiPort = apiPort;
    this.agentPort = agentPort;
  }

  static async create(options: ServiceOptions): Promise<ServiceProcess> {
    return new ServiceProcess(options, await lastingPort(), await lastingPort());
  }

  get pid(): number | undefined {
    return this.isRunning ? this.child?.pid : undefined;
  }

  get isRunning(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Starts it and waits until it serves. @throws Error if it does not come up */
  async start(more: Record<string, string> = {}): Promise<void> {
    if (this.isRunning) return;
    const { program, environment, role, log } = this.options;
    this.expectedEnd = false;
    const child = launchProgram(program, {
      args: [],
      env: {
        ...environment,
        MUSTER_WORKER: String(role === 'worker'),
        MUSTER_API_LISTEN: `127.0.0.1:${this.apiPort}`,
        MUSTER_AGENT_LISTEN: `127.0.0.1:${this.agentPort}`,
        ...more,
      },
      log,
      ipc: true,
    });
    this.child = child;
    child.on('error', () => undefined);
    await this.listening(child);
    child.once('exit', (code, signal) => {
      if (!this.expectedEnd) this.options.onDied(`${this.name} ended by itself (${String(code ?? signal)})`);
    });
  }

  /** Starts it, again as often as it takes: what runs services does the same. */
  async ensureRunning(more: Record<string, string> = {}): Promise<void> {
    const deadline = performance.now() + startTimeoutMs;
    while (!this.isRunning) {
      try {
        await this.start(more);
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await new Promise((done) => setTimeout(done, 200));
      }
    }
  }

  private async listening(child: ChildProcess): Promise<void> {
    const lines = createInterface({ input: child.stdout ?? process.stdin });
    await new Promise<void>((done, fail) => {
      const timer = setTimeout(() => {
        this.expectedEnd = true;
        child.kill('SIGKILL');
        fail(new Error(`${this.name} did not start in time`));
      }, startTimeoutMs);
      child.once('exit', (code, signal) => {
        clearTimeout(timer);
        fail(new Error(`${this.name} ended before it served (${String(code ?? signal)}); see ${this.options.log}`));
      });
      lines.on('line', (line) => {
        const event = JSON.parse(line) as { event: string; point: Failpoint; action: Order['action'] };
        if (event.event === 'listening') {
          clearTimeout(timer);
          done();
        } else if (event.event === 'failpoint') {
          if (event.action === 'kill') this.expectedEnd = true;
          for (const hit of this.hits.splice(0)) hit(event.point);
        }
      });
    });
  }

  /** Arms a failpoint. @returns the point once it was hit, or undefined if it was not in time; then it is disarmed */
  async armAndWait(order: Order, timeoutMs: number): Promise<Failpoint | undefined> {
    if (!this.isRunning) return undefined;
    const hit = new Promise<Failpoint>((done) => this.hits.push(done));
    this.tell({ arm: order });
    const timeout = new Promise<undefined>((done) => setTimeout(done, timeoutMs, undefined).unref());
    const point = await Promise.race([hit, timeout]);
    if (point === undefined) {
      this.hits.splice(0);
      this.tell({ arm: null });
    } else if (order.action === 'kill' && this.child !== undefined) await endProcess(this.child);
    return point;
  }

  setClock(clockOffsetMs: number): void {
    this.tell({ clockOffsetMs });
  }

  private tell(message: Message): void {
    if (this.isRunning && this.child?.connected === true) this.child.send(message, () => undefined);
  }

  async kill(): Promise<void> {
    this.expectedEnd = true;
    if (this.child !== undefined) await endProcess(this.child);
  }

  /** Asks it to end, as an operator does before a replacement, and waits until it has. */
  async stop(): Promise<void> {
    const { child } = this;
    if (child === undefined || !this.isRunning) return;
    this.expectedEnd = true;
    const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
    const gone = new Promise((done) => child.once('exit', done));
    child.kill('SIGTERM');
    await gone;
    clearTimeout(timer);
  }

  /** Holds the process as it is. */
  freeze(): void {
    if (this.isRunning) this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    if (this.isRunning) this.child?.kill('SIGCONT');
  }
}
