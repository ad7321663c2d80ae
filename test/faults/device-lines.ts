import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { z } from 'zod';
import type { DeviceHttp } from './http-calls.ts';
import { deliveredIn, type SimulatedDevice } from './simulated-device.ts';

/** The connection of a device to the service, until it is cut. */
export type DeviceLine = {
  /** Whether the device talks. Cutting what is under way is part of falling silent. */
  silence(): Promise<void>;
  speak(): void;
  readonly isSpeaking: boolean;
};

type Run = (signal: AbortSignal) => Promise<void>;

/** A line that is started and stopped any number of times. */
class Line implements DeviceLine {
  private running: { abort: AbortController; done: Promise<void> } | undefined;
  private readonly run: Run;

  constructor(run: Run) {
    this.run = run;
  }

  get isSpeaking(): boolean {
    return this.running !== undefined;
  }

  speak(): void {
    if (this.running !== undefined) return;
    const abort = new AbortController();
    this.running = { abort, done: this.run(abort.signal) };
  }

  async silence(): Promise<void> {
    const { running } = this;
    this.running = undefined;
    running?.abort.abort();
    await running?.done;
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

/** Polls again and again, and now and then tells what it runs while it is paused. */
export function pollingLine(device: SimulatedDevice, http: DeviceHttp): DeviceLine {
  const { random } = device;
  return new Line(async (signal) => {
    await pause(random.between(0, 300), signal);
    while (!signal.aborted) {
      const code = await http.poll(device, device.claimOf(device.position), true, signal);
      if (device.gate === 'ConflictPaused' && !device.toldSpec && random.chance(0.5)) {
        device.toldSpec = (await http.tellSpec(device, signal)) === 200;
      }
      // 404: not in this database. It goes on as it is and asks again later.
      if (code === 404) await pause(random.between(800, 1_600), signal);
      else if (code === 0 || code >= 400) await pause(random.between(100, 600), signal);
      else await pause(random.between(0, 60), signal);
    }
  });
}

const frameSchema = z.object({
  type: z.enum(['verdict', 'rendered', 'report-request', 'error']),
  id: z.number().optional(),
  verdict: z.string().optional(),
  gate: z.string().optional(),
  restore: z.string().optional(),
  wants: z.array(z.string()).optional(),
  code: z.number().optional(),
  message: z.string().optional(),
  device: z.unknown().optional(),
});

/** A report that has no answer by then: the connection is given up. */
const answerTimeoutMs = 15_000;
let connections = 0;

/** Keeps a WebSocket open, and reports when connected, when asked, when it has applied a spec, and every so often. */
export function socketLine(device: SimulatedDevice, agentPort: number): DeviceLine {
  const { random } = device;
  return new Line(async (signal) => {
    await pause(random.between(0, 300), signal);
    while (!signal.aborted) {
      await new SocketConnection(device, agentPort).run(signal);
      await pause(random.between(100, 700), signal);
    }
  });
}

class SocketConnection {
  private readonly number = (connections += 1);
  private readonly device: SimulatedDevice;
  private readonly socket: WebSocket;
  private readonly unanswered = new Map<number, number>();
  private tellSpec = false;

  constructor(device: SimulatedDevice, agentPort: number) {
    this.device = device;
    const address = `ws://127.0.0.1:${agentPort}/api/v1/devices/${device.name}/connect`;
    this.socket = new WebSocket(address, 'muster.v1', { handshakeTimeout: 5_000, perMessageDeflate: false });
  }

  /** Resolves when the connection is over. */
  async run(signal: AbortSignal): Promise<void> {
    const { socket } = this;
    const end = () => socket.terminate();
    signal.addEventListener('abort', end);
    const beat = setInterval(() => this.beat(), 1_000 + this.device.random.between(0, 1_500));
    await new Promise<void>((done) => {
      socket.on('open', () => this.report());
      socket.on('message', (data: Buffer) => {
        if (!signal.aborted) this.receive(data.toString('utf8'));
      });
      socket.on('error', end);
      socket.on('close', () => done());
      if (signal.aborted) end();
    });
    clearInterval(beat);
    signal.removeEventListener('abort', end);
    for (const id of this.unanswered.keys()) this.device.answered(id, { code: 0, message: 'connection closed' }, true);
  }

  private beat(): void {
    const [oldest] = this.unanswered.values();
    if (oldest !== undefined && performance.now() - oldest > answerTimeoutMs) this.socket.terminate();
    else this.report();
  }

  private report(): void {
    if (this.socket.readyState !== WebSocket.OPEN || this.unanswered.size > 8) return;
    const { device } = this;
    const claim = device.claimOf(device.position);
    const id = device.reports(claim, 'socket', { honest: true, connection: this.number });
    this.unanswered.set(id, performance.now());
    this.socket.send(
      JSON.stringify({
        type: 'report',
        id,
        ...(claim.version === 0 ? {} : { renderedVersion: String(claim.version) }),
        ...(claim.timeline === null ? {} : { timeline: claim.timeline }),
        ...(claim.hash === null ? {} : { specHash: claim.hash }),
        ...(this.tellSpec ? { spec: device.spec } : {}),
      }),
    );
    this.tellSpec = false;
  }

  private receive(text: string): void {
    const { device } = this;
    const frame = frameSchema.parse(JSON.parse(text));
    if (frame.type === 'rendered') {
      const found = deliveredIn(frame.device);
      if (found === null) return;
      device.pushed(this.number, found.delivered);
      if (device.apply(found.delivered, found.spec)) this.report();
    } else if (frame.type === 'report-request') this.report();
    else this.receiveAnswer(frame);
  }

  private receiveAnswer(frame: z.infer<typeof frameSchema>): void {
    const { id, verdict, gate, restore, wants, code = 200, message } = frame;
    if (id === undefined || !this.unanswered.delete(id)) return;
    const standing = { verdict: verdict ?? null, gate: gate ?? null, restore: restore ?? null };
    this.device.answered(id, { code, ...standing, ...(message === undefined ? {} : { message }) }, true);
    if (code === 404) this.socket.close();
    if (wants?.includes('spec') === true && this.device.random.chance(0.5)) this.tellSpec = true;
  }
}
