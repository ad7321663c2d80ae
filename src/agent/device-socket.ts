import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import { isToBeDelivered } from '../domain/delivery.ts';
import { MusterError } from '../domain/errors.ts';
import type { DevicePosition } from '../domain/position.ts';
import { problemOf } from '../http/problems.ts';
import type { ReportOutcome } from '../usecases/accept-reports.ts';
import type { Standing } from '../usecases/find-standings.ts';
import { unknownDevice } from './device-answers.ts';
import { FrameProblem, frameText, readFrame, renderedFrameText, type ReceivedReport } from './frames.ts';
import type { Gateway } from './gateway.ts';
import { renderedDocument } from './rendered-document.ts';
import { closeCodes } from './socket-registry.ts';

/** Reports of one connection that may wait for an answer; a device that sends more is not listening. */
const maxUnanswered = 64;
/** After this long a spec that the device does not report as applied is sent again. */
const sendAgainAfterMs = 30_000;
/** Bytes that may wait to be sent to a device that does not read. */
const maxUnsentBytes = 8 * 1024 * 1024;

/** Serves a WebSocket until it closes. */
export function serveDeviceSocket(gateway: Gateway, device: string, socket: WebSocket): void {
  gateway.sockets.add(new DeviceSocket(gateway, device, socket));
}

/** The life of one WebSocket: reports in, verdicts and specs out. */
export class DeviceSocket {
  /** Tells this connection from another one of the same device. */
  readonly connection = randomUUID();
  readonly device: string;
  private readonly socket: WebSocket;
  private readonly gateway: Gateway;
  private readonly leave: () => void;
  /** Where the device said it is, on this connection and since the last restore: null until it has. */
  private position: DevicePosition | null = null;
  /** The newest version sent on this connection, and when: what is under way is not sent twice. */
  private sentVersion = 0;
  private sentAtMs = 0;
  private unanswered = 0;
  private missedPongs = 0;

  constructor(gateway: Gateway, device: string, socket: WebSocket) {
    this.gateway = gateway;
    this.device = device;
    this.socket = socket;
    this.leave = gateway.waiting.add({
      device,
      onStanding: (standing, restore) => this.send(() => this.deliver(standing, restore)),
      onInterrupted: (why) => this.interrupt(why),
    });
    socket.on('message', (data: Buffer, isBinary: boolean) => this.receive(data, isBinary));
    socket.on('pong', () => {
      this.missedPongs = 0;
    });
    socket.on('error', () => this.socket.terminate());
    socket.on('close', () => {
      this.leave();
      gateway.sockets.remove(this);
    });
  }

  /** Keeps the connection alive, or ends it when two pings in a row had no answer. */
  ping(): void {
    if (this.missedPongs >= 2) {
      this.socket.terminate();
      return;
    }
    this.missedPongs += 1;
    this.socket.ping();
  }

  /** Says goodbye; a device that does not answer in time is cut off. */
  async close(code: number, reason: string, timeoutMs = 2_000): Promise<void> {
    if (this.socket.readyState === this.socket.CLOSED) return;
    const closed = new Promise<void>((resolve) => {
      this.socket.once('close', () => resolve());
    });
    this.socket.close(code, reason);
    const timer = setTimeout(() => this.socket.terminate(), timeoutMs);
    await closed;
    clearTimeout(timer);
  }

  private interrupt(why: 'restore' | 'shutdown'): void {
    if (why === 'shutdown') return;
    this.position = null;
    this.sentVersion = 0;
    this.sendText(frameText({ type: 'report-request', reason: 'restore' }));
  }

  private receive(data: Buffer, isBinary: boolean): void {
    if (isBinary) {
      this.refuse(undefined, new MusterError('badRequest', 'frame: expected a text frame, found a binary one'));
      return;
    }
    let received: ReceivedReport;
    try {
      received = readFrame(this.device, data.toString('utf8'));
    } catch (error) {
      if (!(error instanceof FrameProblem)) throw error;
      this.refuse(error.id, error.cause);
      return;
    }
    if (this.unanswered >= maxUnanswered) {
      this.refuse(
        received.id,
        new MusterError('tooManyRequests', `expected at most ${maxUnanswered} reports without an answer`),
      );
      return;
    }
    this.unanswered += 1;
    this.send(() => this.answer(received).finally(() => (this.unanswered -= 1)), received.id);
  }

  private async answer({ id, report }: ReceivedReport): Promise<void> {
    const outcome = await this.gateway.reports.submit(report);
    if (outcome.kind === 'unknown') throw unknownDevice(this.device);
    this.position = report.position;
    const { verdict, gate, info, restore } = outcome;
    this.sendText(
      frameText({
        type: 'verdict',
        ...(id === undefined ? {} : { id }),
        verdict,
        gate,
        info,
        restore,
        ...(outcome.wantsSpec ? { wants: ['spec'] } : {}),
      }),
    );
    await this.deliver(outcome, restore);
    this.lookAgainIfPending(outcome);
  }

  /** What was rendered between the report's commit and this moment told nobody. */
  private lookAgainIfPending(outcome: Extract<ReportOutcome, { kind: 'known' }>): void {
    if (outcome.gate === 'Open' && outcome.renderPending) this.gateway.waiting.lookAt([this.device]);
  }

  private async deliver({ gate, server }: Standing, restore: string): Promise<void> {
    const { position } = this;
    if (position === null || server.specHash === null || this.isUnderWay(server.version)) return;
    if (!isToBeDelivered(gate, server, position)) return;
    const text = await this.gateway.specs.text(server.specHash);
    // A restore or a newer report may have come while the text was fetched: then that one decides.
    if (this.position !== position || this.isUnderWay(server.version)) return;
    this.sentVersion = server.version;
    this.sentAtMs = performance.now();
    this.sendText(renderedFrameText(renderedDocument(this.device, server, restore, text)));
  }

  private isUnderWay(version: number): boolean {
    return version <= this.sentVersion && performance.now() - this.sentAtMs < sendAgainAfterMs;
  }

  /** Runs what ends in a frame; a failure becomes an error frame, or the end of the connection. */
  private send(work: () => Promise<void>, id?: number): void {
    work().catch((error: unknown) => this.refuse(id, error));
  }

  private refuse(id: number | undefined, error: unknown): void {
    const { body, retryAfterSeconds, foreseen } = problemOf(error);
    if (!foreseen) this.gateway.context.log.error({ err: error, device: this.device }, 'websocket report failed');
    if (retryAfterSeconds !== undefined) {
      void this.close(closeCodes.tryAgainLater, String(retryAfterSeconds));
      return;
    }
    this.sendText(
      frameText({ type: 'error', code: body.code, message: body.message, ...(id === undefined ? {} : { id }) }),
    );
  }

  private sendText(text: string): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    if (this.socket.bufferedAmount > maxUnsentBytes) {
      this.socket.terminate();
      return;
    }
    this.socket.send(text);
  }
}
