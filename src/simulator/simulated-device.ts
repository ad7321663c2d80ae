import type { JsonObject } from '../domain/json.ts';
import type { DevicePosition } from '../domain/recovery/position.ts';
import type { DeviceAnswer, DeviceObserver, Reply, SentReport } from './device-observer.ts';
import { Agent, type Surroundings, type Taken } from './device/agent.ts';
import { agentStatus } from './device/agent-status.ts';
import { agentTimes, type AgentTimes } from './device/agent-times.ts';
import type { Machine } from './device/machine.ts';
import { machineAt, type StartingPoint } from './starting-point.ts';
import { statedPosition, type StatedParts } from './stated-position.ts';

/** A status to send, and the revision of the agent's state that it describes. */
export type OwedStatus = { readonly status: JsonObject; readonly revision: number };

/** A report that was sent, and the position that it speaks of. */
export type DeviceReport = { readonly sent: SentReport; readonly position: DevicePosition };

type DeviceOptions = {
  readonly observer: DeviceObserver;
  /** Those of Flight Control's agent if not given. */
  readonly times?: AgentTimes;
  /** All of its position if not given. */
  readonly states?: StatedParts;
  /** Gives a number from 0 up to 1; Math.random if not given. */
  readonly chance?: () => number;
};

/** Longest wait that a timer takes. */
const maxTimerMs = 2 ** 31 - 1;

/** A machine with an agent that applies the specs it gets, over any transport. */
export class SimulatedDevice {
  readonly name: string;
  readonly machine: Machine;
  readonly states: StatedParts;
  /** Restarts of the agent so far. */
  restarts = 0;
  private readonly observer: DeviceObserver;
  private readonly surroundings: Surroundings;
  private agent: Agent;
  private heard: DeviceAnswer | undefined;
  private confirmed: DevicePosition | undefined;
  private told: string | undefined;
  private toldRevision = -1;
  private nextStatusMs: number;
  private sendStatus: (() => Promise<void>) | undefined;
  private working: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;

  constructor(name: string, start: StartingPoint, options: DeviceOptions) {
    const { observer, times = agentTimes, states = 'all', chance = Math.random } = options;
    this.name = name;
    this.observer = observer;
    this.states = states;
    this.machine = machineAt(name, start);
    this.surroundings = {
      nowMs: Date.now,
      chance,
      times,
      onPass: (pass, machine) => observer.passed?.(machine, pass),
    };
    this.agent = new Agent(this.machine, this.surroundings);
    this.nextStatusMs = this.firstStatusMs();
  }

  /** The position that was received last, whether it is applied or not: what reports say. */
  get position(): DevicePosition {
    return this.agent.receivedPosition;
  }

  /** The position of the spec that the device runs. */
  get applied(): DevicePosition {
    return this.agent.current.position;
  }

  /** The spec that the device runs. */
  get spec(): JsonObject {
    return this.agent.current.spec;
  }

  /** The last answer of the service; undefined before its first. */
  get answer(): DeviceAnswer | undefined {
    return this.heard;
  }

  /** The service has answered a report of the position that the device has received. */
  get isConfirmed(): boolean {
    return this.confirmed === this.position;
  }

  /**
   * A report is about to be sent. A status speaks of the spec that is applied, everything else of the one received last.
   *
   * @param connection the number of the WebSocket that it is sent on
   */
  reports(transport: SentReport['transport'], connection?: number): DeviceReport {
    const position = transport === 'status' ? this.applied : this.position;
    const sent = { transport, claim: statedPosition(position, this.states), connection };
    this.observer.reportSent?.(this.name, sent);
    return { sent, position };
  }

  /** Takes the outcome of a report, also if there was no answer. */
  onReply({ sent, position }: DeviceReport, reply: Reply): void {
    this.observer.replied?.(this.name, sent, reply);
    if (reply.answer === undefined) return;
    this.heard = reply.answer;
    this.confirmed = position;
    this.observer.answered?.(this.name, reply.answer, position);
  }

  /**
   * Takes a document that came. It is applied by {@link catchUp}.
   *
   * @param connection the number of the WebSocket that it came on
   */
  receive(document: unknown, connection?: number): Taken {
    if (connection !== undefined) this.observer.pushed?.(this.name, connection, document);
    const before = this.position;
    const taken = this.agent.take(document);
    switch (taken.kind) {
      case 'queued':
        this.observer.delivered?.(this.name, taken.delivered, before);
        break;
      case 'dropped':
        this.observer.delivered?.(this.name, taken.delivered, before);
        this.observer.refused?.(this.name, taken.delivered, before);
        break;
      case 'died':
        this.restart();
        break;
      case 'error':
        break;
      default:
        taken satisfies never;
    }
    return taken;
  }

  /** Does all work that is due, and sends the status after each step that must be reported. */
  async catchUp(): Promise<void> {
    this.working ??= this.workOff().finally(() => {
      this.working = undefined;
      this.setTimer();
    });
    await this.working;
  }

  private async workOff(): Promise<void> {
    while (!this.isStopped && this.agent.workDueMs <= this.surroundings.nowMs()) {
      this.agent.work();
      if (this.isStatusDue()) await this.sendStatus?.();
    }
  }

  private setTimer(): void {
    clearTimeout(this.timer);
    if (this.isStopped) return;
    const waitMs = Math.max(0, this.agent.workDueMs - this.surroundings.nowMs());
    if (waitMs === Number.POSITIVE_INFINITY) return;
    // A status that could not be sent is sent at its next time.
    this.timer = setTimeout(() => void this.catchUp().catch(() => undefined), Math.min(waitMs, maxTimerMs));
  }

  /**
   * Lets the agent work by itself as long as it is connected.
   *
   * @param sendStatus sends the status
   * @returns what ends it
   */
  connect(sendStatus: () => Promise<void>): () => void {
    this.sendStatus = sendStatus;
    this.setTimer();
    return () => {
      if (this.sendStatus === sendStatus) this.sendStatus = undefined;
    };
  }

  /** Ends the agent's process and starts another one: all that is not on the machine is forgotten. */
  restart(): void {
    this.agent = new Agent(this.machine, this.surroundings);
    this.restarts += 1;
    this.toldRevision = -1;
    this.nextStatusMs = this.firstStatusMs();
    this.confirmed = undefined;
    this.told = undefined;
    this.setTimer();
  }

  /** Boots the machine: the agent's process ends with it. */
  reboot(): void {
    this.machine.boots += 1;
    this.restart();
  }

  /** For good. */
  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  /** True at the start and at each change of a condition at once, otherwise at set times if anything has changed. */
  isStatusDue(): boolean {
    const { urgentRevision, statusRevision } = this.agent;
    if (this.toldRevision < urgentRevision) return true;
    return this.toldRevision < statusRevision && this.surroundings.nowMs() >= this.nextStatusMs;
  }

  /** The status to send now. */
  get status(): OwedStatus {
    return { status: agentStatus(this.agent), revision: this.agent.statusRevision };
  }

  /** A status has been accepted. */
  statusAccepted({ revision }: OwedStatus): void {
    this.toldRevision = Math.max(this.toldRevision, revision);
    this.nextStatusMs = this.surroundings.nowMs() + this.surroundings.times.statusEveryMs;
  }

  private firstStatusMs(): number {
    const { nowMs, chance, times } = this.surroundings;
    return nowMs() + times.statusEveryMs * chance();
  }

  /** True if the device has not sent its spec to the service yet: it does so once for each conflict and position. */
  owesSpec(): boolean {
    if (this.heard?.gate !== 'ConflictPaused') return false;
    return this.told !== this.conflictKey();
  }

  /** Notes that the spec has been sent. */
  toldSpec(): void {
    this.told = this.conflictKey();
  }

  private conflictKey(): string {
    return `${this.heard?.restore ?? ''} ${this.applied.version}`;
  }
}
