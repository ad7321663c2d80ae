import { annotationKeys } from '../../../src/domain/devices/device-document.ts';
import { Agent, type Pass, type Taken } from '../../../src/simulator/device/agent.ts';
import { agentStatus } from '../../../src/simulator/device/agent-status.ts';
import { agentTimes } from '../../../src/simulator/device/agent-times.ts';
import { textOf } from '../../../src/simulator/device/device-file.ts';
import { Machine, type OsMode } from '../../../src/simulator/device/machine.ts';

/** A Friday, at noon. */
export const noon = Date.parse('2026-11-27T12:00:00Z');

export const document = (version: number | string, spec: unknown, more: Record<string, string> = {}) => ({
  metadata: { name: 'd', annotations: { [annotationKeys.renderedVersion]: String(version), ...more } },
  spec,
});

export const file = (path: string, content: string, more: object = {}) => ({ path, content, ...more });
export const filesSpec = (...inline: object[]) => ({ config: [{ name: '', inline }] });
export const app = (name: string, more: object = {}) => ({
  name,
  appType: 'container',
  image: 'quay.io/a/b:1',
  ...more,
});

/** An agent on a machine of its own, with a clock that stands still until it is moved. */
export class WatchedAgent {
  readonly machine: Machine;
  agent: Agent;
  nowMs = noon;
  readonly passes: Pass[] = [];
  /** Each condition that it went through, as `True/RollingBack`. */
  readonly conditions: string[] = [];
  private readonly applyMs: number;

  constructor({ osMode = 'package', applyMs = 0 }: { osMode?: OsMode; applyMs?: number } = {}) {
    this.applyMs = applyMs;
    this.machine = new Machine('d', osMode);
    this.agent = this.started();
    this.settle();
  }

  private started(): Agent {
    return new Agent(this.machine, {
      nowMs: () => this.nowMs,
      chance: () => 0.5,
      times: { ...agentTimes, applyMs: this.applyMs },
      onPass: (pass) => this.passes.push(pass),
    });
  }

  /** Does all that is due. */
  settle(): void {
    while (this.agent.workDueMs <= this.nowMs) {
      this.agent.work();
      this.noteCondition();
    }
  }

  private noteCondition(): void {
    const { updating } = this.agent;
    const said = updating.status === 'Unknown' ? 'Unknown' : `${updating.status}/${updating.reason}`;
    if (this.conditions.at(-1) !== said) this.conditions.push(said);
  }

  take(...parameters: Parameters<typeof document>): Taken {
    const taken = this.agent.take(document(...parameters));
    this.settle();
    return taken;
  }

  wait(seconds: number): void {
    const untilMs = this.nowMs + seconds * 1_000;
    while (this.agent.workDueMs <= untilMs) {
      this.nowMs = Math.max(this.nowMs, this.agent.workDueMs);
      this.settle();
    }
    this.nowMs = untilMs;
  }

  restart(): void {
    this.agent = this.started();
    this.settle();
  }

  /** The text of each file, by its path. */
  get files(): Record<string, string> {
    return Object.fromEntries([...this.machine.files].map(([path, there]) => [path, textOf(there)]));
  }

  get applications(): string[] {
    return [...this.machine.applications.keys()];
  }

  /** Received and applied version. */
  get versions(): readonly [received: number, applied: number] {
    return [this.agent.receivedPosition.version, this.agent.current.position.version];
  }

  get status() {
    return agentStatus(this.agent);
  }

  /** As a person would, beside the agent. */
  write(path: string, content: string): void {
    this.machine.files.set(path, { bytes: content, mode: 0o600, user: 'root', group: 'root' });
  }
}
