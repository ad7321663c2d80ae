import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { isToBeDelivered } from '../domain/recovery/delivery.ts';
import { MusterError } from '../domain/errors.ts';
import { isSamePosition, type DevicePosition } from '../domain/recovery/position.ts';
import { problemOf } from '../listener/problems.ts';
import type { Report, ReportOutcome } from '../usecases/accept-reports.ts';
import type { Standing } from '../usecases/find-standings.ts';
import { unknownDevice } from './device-answers.ts';
import { FrameProblem, frameText, readFrame, renderedFrameText, type ReceivedReport } from './frames.ts';
import type { Gateway } from './gateway.ts';
import { renderedDocument } from './rendered-document.ts';
import { closeCodes } from './socket-registry.ts';
import type { Waiter } from './waiting-devices.ts';

/** Reports of one connection that may wait for an answer; a device that sends more is not listening. */
const maxUnanswered = 64;
/** After this long a spec that the device does not report as applied is sent again. */
const sendAgainAfterMs = 30_000;
/** Bytes that may wait to be sent to a device that does not read. */
const maxUnsentBytes = 8 * 1024 * 1024;

/** Code of a connection that ended without a goodbye (RFC 6455, section 7.1.5). */
const cutOff = 1006;

/** Where a device is that never said where it is. */
const nothingRun: DevicePosition = { timeline: null, version: 0, specHash: null };

/** Whether the device would be let in again now. */
export type Recheck = () => Promise<boolean>;

/** Serves a WebSocket until it closes. */
export function serveDeviceSocket(gateway: Gateway, device: string, socket: WebSocket, recheck: Recheck): void {
  gateway.sockets.add(new DeviceSocket(gateway, device, socket, recheck));
}

/** The life of one WebSocket: reports in, verdicts and specs out. */
export class DeviceSocket {
  /** Tells this connection from another one of the same device. */
  readonly connection = randomUUID();
  readonly device: string;
  private readonly socket: WebSocket;
  private readonly gateway: Gateway;
  private readonly recheck: Recheck;
  private readonly leave: () => void;
  /** What the device last stated on this connection, judged or not; by a restore since then that is outdated. */
  private stated: DevicePosition | 'nothing yet' | 'outdated' = 'nothing yet';
  /** Where the device is, and in which restore that was judged; null until it has been, and after a restore until it is again. */
  private judged: { readonly position: DevicePosition; readonly restore: string } | null = null;
  /** The restore after which the device was last asked to say again where it is. */
  private askedIn: string | undefined;
  /** What is under way to the device, and since when: it is not sent twice. */
  private sent: { readonly restore: string; readonly version: number; readonly atMs: number } | undefined;
  private unanswered = 0;
  /** Set once this process stops: called when nothing is unanswered any more. */
  private onAllAnswered: (() => void) | undefined;
  private missedPongs = 0;

  constructor(gateway: Gateway, device: string, socket: WebSocket, recheck: Recheck) {
    this.gateway = gateway;
    this.recheck = recheck;
    this.device = device;
    this.socket = socket;
    this.leave = gateway.waiting.add(this.waiter());
    socket.on('message', (data: Buffer, isBinary: boolean) => this.receive(data, isBinary));
    socket.on('pong', () => {
      this.missedPongs = 0;
    });
    // A frame that breaks the protocol is answered by closing with a code, a broken connection by its end; neither is ours to do.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.leave();
      gateway.sockets.remove(this);
    });
  }

  /** Keeps the connection alive, or ends it: when two pings in a row had no answer, or the device's credential ran out. */
  ping(): void {
    if (this.missedPongs >= 2) {
      this.socket.terminate();
      return;
    }
    this.send(async () => {
      if (!(await this.recheck()))
        await this.close(closeCodes.notAllowed, 'the credential of the device is no longer valid');
    });
    this.missedPongs += 1;
    this.socket.ping();
  }

  /** Says goodbye; a device that does not answer in time is cut off. @returns whether it answered */
  async close(code: number, reason: string, timeoutMs = 2_000): Promise<boolean> {
    if (this.socket.readyState === this.socket.CLOSED) return false;
    const closed = new Promise<number>((resolve) => {
      this.socket.once('close', resolve);
    });
    this.socket.close(code, reason);
    const timer = setTimeout(() => this.socket.terminate(), timeoutMs);
    const answer = await closed;
    clearTimeout(timer);
    return answer !== cutOff;
  }

  /** Ends the connection because this process stops: answers what has come as far as half of the time allows, then says goodbye. */
  async takeLeave(timeoutMs: number): Promise<void> {
    const allAnswered = new Promise<void>((resolve) => {
      this.onAllAnswered = resolve;
    });
    if (this.unanswered > 0) await Promise.race([allAnswered, sleep(timeoutMs / 2, undefined, { ref: false })]);
    await this.close(closeCodes.goingAway, 'shutting down', timeoutMs / 2);
  }

  private waiter(): Waiter {
    const restore = () => this.judged?.restore ?? null;
    return {
      device: this.device,
      kind: 'socket',
      get restore() {
        return restore();
      },
      onStanding: (standing, restore) => this.send(() => this.deliver(standing, restore)),
      onRestore: (restore) => this.askAgain(restore),
      // The registry closes the connection, with a code that says why.
      onStopping: () => undefined,
    };
  }

  private askAgain(restore: string): void {
    this.judged = null;
    if (this.askedIn === restore) return;
    this.askedIn = restore;
    if (this.stated !== 'nothing yet') this.stated = 'outdated';
    this.sendText(frameText({ type: 'report-request', reason: 'restore' }));
  }

  private receive(data: Buffer, isBinary: boolean): void {
    // The goodbye tells the device that this one has no answer.
    if (this.onAllAnswered !== undefined || this.socket.readyState !== this.socket.OPEN) return;
    try {
      this.gateway.deviceRate.spend(this.device);
    } catch (error) {
      this.refuse(undefined, error);
      return;
    }
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
    const { id, report } = received;
    const placed = { ...report, position: this.positionOf(report) };
    this.send(() => this.answer(id, placed).finally(() => this.countAnswer()), id);
  }

  private countAnswer(): void {
    this.unanswered -= 1;
    if (this.unanswered === 0) this.onAllAnswered?.();
  }

  /**
   * Where a report says that the device is. One that says nothing of it leaves it where it was; after a restore that is not
   * good enough, and it is not judged. A device that never said anything has no spec.
   */
  private positionOf({ position }: Report): DevicePosition | null {
    if (position !== null) this.stated = position;
    if (this.stated === 'outdated') return null;
    return this.stated === 'nothing yet' ? nothingRun : this.stated;
  }

  private async answer(id: number | undefined, report: Report): Promise<void> {
    const { askedIn } = this;
    const { position } = report;
    const outcome = await this.gateway.reports.submit(report);
    if (outcome.kind === 'unknown') throw unknownDevice(this.device);
    const { verdict, gate, info, restore } = outcome;
    // Judged before a restore, and told only now, it is no answer to that restore.
    const isOutdated = this.askedIn !== askedIn && this.askedIn !== restore;
    if (position !== null && !isOutdated) this.judged = { position, restore };
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
    const { judged } = this;
    const { version } = server;
    if (judged === null || judged.restore !== restore || this.isUnderWay(restore, version)) return;
    if (!this.isStillAt(judged.position) || !isToBeDelivered(gate, server, judged.position)) return;
    const text = await this.gateway.specs.text(server.specHash);
    // A restore or a newer report may have come while the text was fetched: then that one decides.
    if (this.judged !== judged || !this.isStillAt(judged.position) || this.isUnderWay(restore, version)) return;
    this.sent = { restore, version, atMs: performance.now() };
    this.sendText(renderedFrameText(renderedDocument(this.device, server, restore, text)));
  }

  /** A device that has said since that it is somewhere else is sent a spec in answer to that, if at all. */
  private isStillAt(position: DevicePosition): boolean {
    if (this.stated === 'outdated') return false;
    const last = this.stated === 'nothing yet' ? nothingRun : this.stated;
    return isSamePosition(last, position);
  }

  private isUnderWay(restore: string, version: number): boolean {
    const { sent } = this;
    if (sent === undefined || sent.restore !== restore) return false;
    return version <= sent.version && performance.now() - sent.atMs < sendAgainAfterMs;
  }

  /** Runs what ends in a frame; a failure becomes an error frame, or the end of the connection. */
  private send(work: () => Promise<void>, id?: number): void {
    work().catch((error: unknown) => this.refuse(id, error));
  }

  private refuse(id: number | undefined, error: unknown): void {
    const { body, retryAfterSeconds, foreseen } = problemOf(error);
    if (!foreseen) this.gateway.context.log.error({ err: error, device: this.device }, 'websocket report failed');
    if (retryAfterSeconds !== undefined) {
      this.gateway.context.observer.shed('1013');
      // One refusal closes it for all.
      if (this.socket.readyState !== this.socket.OPEN) return;
      // The close code has room for the seconds alone.
      if (body.code === 429) this.sendText(frameText({ type: 'error', code: body.code, message: body.message }));
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
