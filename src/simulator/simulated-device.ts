import type { JsonObject } from '../domain/json.ts';
import type { DevicePosition } from '../domain/position.ts';
import type { DeviceAnswer, DeviceObserver } from './device-observer.ts';
import { Agent, type Surroundings, type Taken } from './device/agent.ts';
import { agentStatus } from './device/agent-status.ts';
import { agentTimes, type AgentTimes } from './device/agent-times.ts';
import type { Machine } from './device/machine.ts';
import { machineAt, type StartingPoint } from './starting-point.ts';

/** A status to send, and which state of the agent it says. */
export type OwedStatus = { readonly status: JsonObject; readonly revision: number };

/** Longest wait that a timer takes. */
const longestTimerMs = 2 ** 31 - 1;

/** A machine with an agent on it that keeps it like the specs that come, whichever way it talks. */
export class SimulatedDevice {
  readonly name: string;
  readonly machine: Machine;
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
  private tellStatus: (() => Promise<void>) | undefined;
  private working: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;

  constructor(name: string, start: StartingPoint, observer: DeviceObserver, times: AgentTimes = agentTimes) {
    this.name = name;
    this.observer = observer;
    this.machine = machineAt(name, start);
    this.surroundings = {
      nowMs: Date.now,
      chance: Math.random,
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

  /** A report is about to be sent. @returns the position that it says */
  reports(): DevicePosition {
    this.observer.reportSent?.(this.name);
    return this.position;
  }

  hear(answer: DeviceAnswer, reported: DevicePosition): void {
    this.heard = answer;
    this.confirmed = reported;
    this.observer.answered?.(this.name, answer, reported);
  }

  /** Takes a document that came. What is to be applied is applied by {@link catchUp}. */
  receive(document: unknown): Taken {
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

  /** Does all that is due, and tells the status after each step that must be told. */
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
      if (this.isStatusDue()) await this.tellStatus?.();
    }
  }

  private setTimer(): void {
    clearTimeout(this.timer);
    if (this.isStopped) return;
    const waitMs = Math.max(0, this.agent.workDueMs - this.surroundings.nowMs());
    if (waitMs === Number.POSITIVE_INFINITY) return;
    // A status that could not be told is told at its next time.
    this.timer = setTimeout(() => void this.catchUp().catch(() => undefined), Math.min(waitMs, longestTimerMs));
  }

  /**
   * The agent works on its own as long as it is connected.
   *
   * @param tellStatus sends the status
   * @returns what ends it
   */
  connect(tellStatus: () => Promise<void>): () => void {
    this.tellStatus = tellStatus;
    this.setTimer();
    return () => {
      if (this.tellStatus === tellStatus) this.tellStatus = undefined;
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

  /** For good. */
  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  /** At the start and at each change of a condition at once, otherwise at set times if anything has changed. */
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

  /** Tells that the service has not been told yet which spec the device runs: once for each conflict and position. */
  owesSpec(): boolean {
    if (this.heard?.gate !== 'ConflictPaused') return false;
    return this.told !== this.conflictKey();
  }

  /** The spec has been told. */
  toldSpec(): void {
    this.told = this.conflictKey();
  }

  private conflictKey(): string {
    return `${this.heard?.restore ?? ''} ${this.applied.version}`;
  }
}
