import { Agent, type Surroundings } from '../../src/simulator/device/agent.ts';
import { readAgentSpec } from '../../src/simulator/device/agent-spec.ts';
import { applySpec } from '../../src/simulator/device/apply-spec.ts';
import { Machine } from '../../src/simulator/device/machine.ts';
import type { DeliveredSpec } from '../../src/simulator/delivered-spec.ts';
import { differencesFrom, thingKey, type Difference } from '../../src/simulator/thing-differences.ts';
import { thingsWritten } from '../../src/simulator/written-things.ts';
import { documentOf, isOrderToDecommission } from './contents.ts';
import type { Form, Spec } from './history.ts';

/** A spec that a device applied, as the device keeps it. */
type Applied = { readonly spec: Spec; readonly stored: DeliveredSpec };

/** A real device: a machine with its agent, which decides by itself what it does with the documents that come. */
export class Device {
  readonly name: string;
  readonly form: Form;
  at: Spec | null = null;
  /** The report whose answer it waits for; the answer to any other reaches nobody. */
  live: number | null = null;
  /** It was asked to send the spec that it runs, and will with its next report. */
  asked = false;
  private readonly surroundings: Surroundings;
  private machine: Machine;
  private agent: Agent;
  /** Every spec it applied and could fall back to, oldest first. */
  private applied: Applied[] = [];

  constructor(name: string, form: Form, surroundings: Surroundings) {
    this.name = name;
    this.form = form;
    this.surroundings = surroundings;
    this.machine = new Machine(name, 'image');
    this.agent = new Agent(this.machine, surroundings);
  }

  /** It did as it was told and decommissioned itself: it will not speak again. */
  get gone(): boolean {
    return this.machine.isDecommissioned;
  }

  /** Takes the document that brings a spec. */
  receive(spec: Spec, document: unknown): void {
    this.agent.take(document);
    this.settle();
    if (isOrderToDecommission(spec.content) && this.gone) this.at = spec;
    const stored = this.agent.current;
    const { version, specHash } = stored.position;
    if (this.gone || version !== spec.version || specHash !== spec.hash || version === this.at?.version) return;
    this.at = spec;
    this.applied.push({ spec, stored });
  }

  /** Does all that is due, such as applying its spec once more. */
  settle(): void {
    while (this.agent.workDueMs <= this.surroundings.nowMs()) this.agent.work();
  }

  /** Its agent is started anew and knows what is on the machine, nothing else. */
  restart(): void {
    this.live = null;
    this.asked = false;
    this.agent = new Agent(this.machine, this.surroundings);
    this.settle();
  }

  /** Its disk is put back to how it was before the newest spec. */
  rollBack(): void {
    const undone = this.applied.pop();
    const before = this.applied.at(-1);
    if (undone === undefined || before === undefined) throw new Error(`${this.name} has nothing to go back to`);
    applySpec(this.machine, readAgentSpec(undone.stored.spec), readAgentSpec(before.stored.spec));
    this.machine.notes = { desired: before.stored, current: before.stored, rollback: { failedVersion: null } };
    this.at = before.spec;
    this.restart();
  }

  /** It comes back from another control plane, as a new machine with what it got there. */
  reimage(spec: Spec, document: unknown): void {
    this.at = null;
    this.applied = [];
    this.machine = new Machine(this.name, 'image');
    this.restart();
    this.receive(spec, document);
  }

  /** A spec that it ran earlier, for a claim that is out of date. */
  earlier(): Spec | null {
    return this.applied.at(-2)?.spec ?? null;
  }

  /** All that is on the device and is not what the spec that it runs orders, and the other way round. */
  differences(): Difference[] {
    const wanted = this.at === null ? undefined : thingsWritten(documentOf(this.at.content));
    if (wanted === undefined) return [];
    const { files, applications, settings } = this.machine;
    const there = new Set([
      ...[...files.keys()].map((name) => thingKey('file', name)),
      ...[...applications.keys()].map((name) => thingKey('application', name)),
      ...[...settings.keys()].map((name) => thingKey('setting', name)),
    ]);
    return differencesFrom(wanted, this.machine, there);
  }
}
