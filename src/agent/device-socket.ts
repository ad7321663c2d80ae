import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { MusterError } from '../domain/errors.ts';
import type { Sender } from '../listener/byte-budget.ts';
import { problemOf } from '../listener/problems.ts';
import type { ReportOutcome } from '../usecases/accept-reports.ts';
import type { Standing } from '../usecases/find-standings.ts';
import { unknownDevice } from './device-answers.ts';
import { DeviceConnection } from './device-connection.ts';
import { judged, mayDeliver, newSession, positionOf, restoreDeclared, said, sent } from './device-session.ts';
import { FrameProblem, frameText, readFrame, renderedFrameText, type ReceivedReport } from './frames.ts';
import type { Gateway } from './gateway.ts';
import { renderedDocument } from './rendered-document.ts';
import { closeCodes, type ManagedSocket } from './socket-registry.ts';
import type { Waiter } from './waiting-devices.ts';
import type { Report } from '../usecases/steps/report-batch.ts';

/** Reports of one connection that may wait for an answer; a device that sends more is not listening. */
const maxUnanswered = 64;

/** Asks whether the device would be let in again now. */
type Recheck = () => Promise<boolean>;

/** Serves a WebSocket of a device until it closes. */
export function serveDeviceSocket(gateway: Gateway, sender: Sender, socket: WebSocket, recheck: Recheck): void {
  gateway.sockets.add(new DeviceSocket(gateway, sender, socket, recheck));
}

/** The conversation on one WebSocket: reports in, verdicts and specs out. */
class DeviceSocket implements ManagedSocket {
  readonly id = randomUUID();
  readonly device: string;
  private readonly sender: Sender;
  private readonly connection: DeviceConnection;
  private readonly gateway: Gateway;
  private readonly recheck: Recheck;
  /** Replaced as a whole by each thing that happens, so that what was decided on can be told from what is so now. */
  private session = newSession;
  private unanswered = 0;
  /** Set once this process stops: called when everything is answered. */
  private onAllAnswered: (() => void) | undefined;

  constructor(gateway: Gateway, sender: Sender, socket: WebSocket, recheck: Recheck) {
    this.gateway = gateway;
    this.recheck = recheck;
    this.device = sender.caller;
    this.sender = sender;
    const stopWaiting = gateway.waiting.add(this.waiter());
    this.connection = new DeviceConnection(socket, {
      onMessage: (data, isBinary) => this.receive(data, isBinary),
      onClose: () => {
        stopWaiting();
        gateway.sockets.remove(this);
      },
    });
  }

  ping(): void {
    if (!this.connection.ping()) return;
    this.run(async () => {
      if (!(await this.recheck()))
        await this.close(closeCodes.notAllowed, 'the credential of the device is no longer valid');
    });
  }

  async close(code: number, reason: string): Promise<boolean> {
    return await this.connection.close(code, reason);
  }

  async closeGracefully(timeoutMs: number): Promise<void> {
    const allAnswered = new Promise<void>((resolve) => {
      this.onAllAnswered = resolve;
    });
    if (this.unanswered > 0) await Promise.race([allAnswered, sleep(timeoutMs / 2, undefined, { ref: false })]);
    await this.connection.close(closeCodes.goingAway, 'shutting down', timeoutMs / 2);
  }

  private waiter(): Waiter {
    const restore = () => this.session.judged?.restore ?? null;
    return {
      device: this.device,
      kind: 'socket',
      get restore() {
        return restore();
      },
      onStanding: (standing, restore) => this.run(() => this.deliver(standing, restore)),
      onRestore: (restore) => this.askAgain(restore),
      // The registry closes the connection, with a code that says why.
      onStopping: () => undefined,
    };
  }

  private askAgain(restore: string): void {
    const { session, ask } = restoreDeclared(this.session, restore);
    this.session = session;
    if (ask) this.connection.send(frameText({ type: 'report-request', reason: 'restore' }));
  }

  private receive(data: Buffer, isBinary: boolean): void {
    // The goodbye tells the device that this one has no answer.
    if (this.onAllAnswered !== undefined || !this.connection.isOpen) return;
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
    const { id, report } = received;
    try {
      this.gateway.bytes.take(this.sender, data.length);
    } catch (error) {
      this.refuse(id, error);
      return;
    }
    this.unanswered += 1;
    this.session = said(this.session, report.position);
    const placed = { ...report, position: positionOf(this.session) };
    this.run(() => this.answer(id, placed).finally(() => this.countAnswer(data.length)), id);
  }

  private countAnswer(bytes: number): void {
    this.gateway.bytes.give(this.sender, bytes);
    this.unanswered -= 1;
    if (this.unanswered === 0) this.onAllAnswered?.();
  }

  private async answer(id: number | undefined, report: Report): Promise<void> {
    const { askedIn } = this.session;
    const outcome = await this.gateway.reports.submit(report);
    if (outcome.kind === 'unknown') throw unknownDevice(this.device);
    const { verdict, gate, info, restore } = outcome;
    this.session = judged(this.session, { position: report.position, askedIn }, restore);
    this.connection.send(
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

  /** Looks at the device again where a render is pending: what was rendered since the report's commit told nobody here. */
  private lookAgainIfPending(outcome: Extract<ReportOutcome, { kind: 'known' }>): void {
    if (outcome.gate === 'Open' && outcome.renderPending) this.gateway.waiting.lookAt([this.device]);
  }

  private async deliver(standing: Standing, restore: string): Promise<void> {
    const allowed = mayDeliver(this.session, standing, restore, performance.now());
    if (allowed === null) return;
    const { server } = allowed;
    const text = await this.gateway.specs.text(server.specHash);
    // A restore or a newer report may have come while the text was fetched: then that one decides.
    const nowMs = performance.now();
    if (mayDeliver(this.session, standing, restore, nowMs)?.verdict !== allowed.verdict) return;
    this.session = sent(this.session, { restore, version: server.version, atMs: nowMs });
    this.connection.send(renderedFrameText(renderedDocument(this.device, server, restore, text)));
  }

  /** Runs work that ends in a frame; a failure becomes an error frame, or the end of the connection. */
  private run(work: () => Promise<void>, id?: number): void {
    work().catch((error: unknown) => this.refuse(id, error));
  }

  private refuse(id: number | undefined, error: unknown): void {
    const { body, retryAfterSeconds, foreseen } = problemOf(error);
    if (!foreseen) this.gateway.context.log.error({ err: error, device: this.device }, 'websocket report failed');
    if (retryAfterSeconds !== undefined) {
      this.gateway.context.observer.shed('1013');
      // One refusal closes it for all.
      if (!this.connection.isOpen) return;
      // The close code has room for the seconds alone.
      if (body.code === 429) this.connection.send(frameText({ type: 'error', code: body.code, message: body.message }));
      void this.close(closeCodes.tryAgainLater, String(retryAfterSeconds));
      return;
    }
    this.connection.send(
      frameText({ type: 'error', code: body.code, message: body.message, ...(id === undefined ? {} : { id }) }),
    );
  }
}
