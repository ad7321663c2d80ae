import type { DevicePosition } from '../../domain/recovery/position.ts';
import { readDocument, type DeliveredSpec } from '../delivered-spec.ts';
import { readAgentSpec, type AgentSpec } from './agent-spec.ts';
import type { AgentTimes } from './agent-times.ts';
import { applySpec } from './apply-spec.ts';
import type { Change } from './change.ts';
import type { Decommissioning, Updating } from './conditions.ts';
import { GrowingWait } from './growing-wait.ts';
import { nothingDelivered, type Machine } from './machine.ts';
import { failureOf } from './spec-failure.ts';

/** One pass of an agent over its machine. */
export type Pass = {
  /** A document that came, the stored spec applied once more, or the stored spec after another one failed. */
  readonly cause: 'document' | 're-application' | 'rollback';
  readonly version: number;
  readonly changes: readonly Change[];
};

/** Everything that an agent needs and its machine does not have. */
export type Surroundings = {
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  /** Gives a number from 0 up to 1. */
  readonly chance: () => number;
  readonly times: AgentTimes;
  /** Told after each pass, with the machine as it is then. */
  readonly onPass: (pass: Pass, machine: Machine) => void;
};

/** Outcome of a document that the device received. */
export type Taken =
  | { readonly kind: 'queued'; readonly delivered: DeliveredSpec }
  | {
      readonly kind: 'dropped';
      readonly delivered: DeliveredSpec;
      readonly why: 'older than what runs' | 'queued already' | 'failed before';
    }
  /** An agent cannot read the document, and treats the poll as failed. */
  | { readonly kind: 'error'; readonly message: string }
  /** The agent died over it and was started again. */
  | { readonly kind: 'died' };

type Work = { readonly delivered: DeliveredSpec; readonly wanted: AgentSpec };

/**
 * The one activity of an agent:
 *
 *     idle ──document──▶ updating ──▶ idle
 *                        │    ├──▶ rebooting ──▶ idle
 *                        │    └──▶ rolling back ──▶ idle
 *                        └──▶ decommissioning ──▶ gone
 */
type Phase =
  | { readonly kind: 'idle' }
  | { readonly kind: 'updating'; readonly work: Work }
  | { readonly kind: 'rebooting' }
  | { readonly kind: 'rolling back'; readonly message: string }
  | { readonly kind: 'decommissioning'; readonly next: Decommissioning | 'wipe' }
  | { readonly kind: 'gone' };

const never = Number.POSITIVE_INFINITY;

/**
 * A process of the device's agent, from its start to its end, by the facts of flight-control.md, section 1. All that it
 * knows beside its machine is forgotten with it.
 */
export class Agent {
  readonly machine: Machine;
  /** Grows with each change of the status. */
  statusRevision = 0;
  /** The last revision that has to be told at once. */
  urgentRevision = 0;
  private readonly surroundings: Surroundings;
  private received: DevicePosition;
  private queued: Work | undefined;
  private phase: Phase = { kind: 'idle' };
  private dueMs: number;
  /**
   * True if the last document was older than the running spec: until another one comes, the current spec is not applied
   * again.
   */
  private isHeldByOlder = false;
  private readonly failedVersions = new Set<number>();
  private readonly failedHashes = new Set<string>();
  private readonly passAgain: GrowingWait;
  private update: Updating;
  private decommissioning: Decommissioning | undefined;
  private conditionsSinceMs: number;

  constructor(machine: Machine, surroundings: Surroundings) {
    this.machine = machine;
    this.surroundings = surroundings;
    this.passAgain = new GrowingWait(
      { ...surroundings.times.passAgain, factor: 1.5, spread: 0.1 },
      surroundings.chance,
    );
    this.conditionsSinceMs = surroundings.nowMs();
    const { desired, current, rollback } = machine.notes;
    if (desired === undefined || current === undefined || rollback === undefined) this.resetNotes();
    this.received = this.desired.position;
    this.update = this.current.position.version === 0 ? { status: 'Unknown' } : updated;
    this.dueMs = surroundings.nowMs() + this.passAgain.next();
    // Work that was under way when the last process ended goes on.
    if (machine.booting !== undefined) this.enter({ kind: 'rebooting' });
    else if (this.desired.position.version > this.current.position.version) this.enqueue(workOf(this.desired));
  }

  /** The highest version received, applied or not, which a poll states. */
  get receivedPosition(): DevicePosition {
    return this.received;
  }

  /** The spec that was applied last, and how it came. */
  get current(): DeliveredSpec {
    return this.machine.notes.current ?? nothingDelivered;
  }

  get updating(): Updating {
    return this.update;
  }

  get decommission(): Decommissioning | undefined {
    return this.decommissioning;
  }

  get conditionsChangedMs(): number {
    return this.conditionsSinceMs;
  }

  /** Time at which {@link work} next has something to do, in milliseconds since 1970. */
  get workDueMs(): number {
    const { kind } = this.phase;
    if (kind === 'gone') return never;
    return this.queued !== undefined && (kind === 'idle' || kind === 'updating') ? 0 : this.dueMs;
  }

  /** Takes a document that came, and decides by its version alone whether it will be applied. */
  take(document: unknown): Taken {
    const read = readDocument(document);
    switch (read.kind) {
      case 'misfit':
      case 'no version':
        return { kind: 'error', message: read.message };
      case 'no spec':
        return { kind: 'died' };
      case 'spec':
        if (read.isConflictPaused) this.statusRevision += 1;
        return this.weigh(read);
      default:
        return read satisfies never;
    }
  }

  private weigh({ delivered, wanted }: Work): Taken {
    const { position } = delivered;
    if (position.version > this.received.version) this.received = position;
    this.isHeldByOlder = position.version < this.current.position.version;
    if (this.isHeldByOlder) return { kind: 'dropped', delivered, why: 'older than what runs' };
    if (this.isQueued(position.version)) return { kind: 'dropped', delivered, why: 'queued already' };
    if (this.hasFailed(position)) return { kind: 'dropped', delivered, why: 'failed before' };
    this.enqueue({ delivered, wanted });
    return { kind: 'queued', delivered };
  }

  private isQueued(version: number): boolean {
    const underWay = this.phase.kind === 'updating' ? this.phase.work : undefined;
    return [this.queued, underWay].some((work) => work?.delivered.position.version === version);
  }

  private hasFailed({ version, specHash }: DevicePosition): boolean {
    if (this.failedVersions.has(version) || this.machine.notes.rollback?.failedVersion === version) return true;
    return specHash !== null && this.failedHashes.has(specHash);
  }

  private enqueue(work: Work): void {
    this.queued = work;
  }

  /** Does the next step that is due; nothing before {@link workDueMs}. */
  work(): void {
    const { phase } = this;
    if (this.surroundings.nowMs() < this.workDueMs) return;
    switch (phase.kind) {
      case 'idle':
        if (this.queued === undefined) this.applyAgain();
        else this.begin(this.queued);
        return;
      case 'updating':
        if (this.queued === undefined) this.apply(phase.work);
        else this.begin(this.queued);
        return;
      case 'rebooting':
        this.boot();
        return;
      case 'rolling back':
        this.rollBack(this.current, phase.message);
        return;
      case 'decommissioning':
        this.leave(phase.next);
        return;
      case 'gone':
        return;
      default:
        phase satisfies never;
    }
  }

  private begin(work: Work): void {
    this.queued = undefined;
    if (this.isNewer(work)) this.machine.notes.desired = work.delivered;
    this.enter({ kind: 'updating', work }, this.surroundings.times.applyMs);
    if (this.surroundings.times.applyMs > 0) this.say({ status: 'True', reason: 'Preparing', message: 'fetching' });
    else this.apply(work);
  }

  private apply(work: Work): void {
    const { delivered, wanted } = work;
    const { decommissioning } = readAgentSpec(this.current.spec);
    if (isSet(wanted.decommissioning) && !isSet(decommissioning)) {
      this.enter({ kind: 'decommissioning', next: 'Started' });
      return;
    }
    const failure = failureOf(this.machine, wanted, this.surroundings.nowMs());
    if (failure?.isRetryable === true) {
      this.enter({ kind: 'updating', work }, this.passAgain.next());
      this.say({ status: 'True', reason: 'Preparing', message: failure.message });
    } else if (failure !== undefined) {
      this.giveUp(delivered.position, failure.message);
    } else {
      const changes = applySpec(this.machine, readAgentSpec(this.current.spec), wanted);
      if (this.needsReboot(wanted)) {
        this.machine.booting = { delivered, changes };
        this.enter({ kind: 'rebooting' });
        this.say({ status: 'True', reason: 'Rebooting', message: wanted.os?.image ?? '' });
      } else {
        this.passed('document', delivered, changes);
        this.conclude(work);
      }
    }
  }

  private needsReboot({ os }: AgentSpec): boolean {
    const image = os?.image ?? '';
    return image !== '' && image !== this.machine.bootedImage;
  }

  /** A version that failed for good, and its content under any other version, is not tried again by this process. */
  private giveUp({ version, specHash }: DevicePosition, message: string): void {
    this.failedVersions.add(version);
    if (specHash !== null) this.failedHashes.add(specHash);
    this.enter({ kind: 'rolling back', message });
    this.say({ status: 'True', reason: 'RollingBack', message });
  }

  private rollBack({ spec }: DeliveredSpec, message: string): void {
    const applied = readAgentSpec(spec);
    this.machine.notes.desired = this.current;
    this.passed('rollback', this.current, applySpec(this.machine, applied, applied));
    this.say({ status: 'False', reason: 'Error', message });
    this.rest();
  }

  /** The process ends with the reboot, and forgets the failures that it knew. */
  private boot(): void {
    const { booting } = this.machine;
    if (booting === undefined) return this.rest();
    this.failedVersions.clear();
    this.failedHashes.clear();
    const work = workOf(booting.delivered);
    const { changes } = booting;
    const image = work.wanted.os?.image ?? '';
    const { position } = work.delivered;
    this.machine.booting = undefined;
    this.machine.boots += 1;
    if (this.machine.unbootableImages.has(image)) {
      this.machine.notes.rollback = { failedVersion: position.version };
      this.machine.notes.desired = this.current;
      const undone = applySpec(this.machine, work.wanted, readAgentSpec(this.current.spec));
      this.passed('rollback', this.current, undone);
      this.say({ status: 'False', reason: 'Error', message: `the device did not boot ${image}` });
      this.rest();
      return;
    }
    this.machine.bootedImage = image;
    const booted: Change = { kind: 'setting', name: 'os.image', action: 'changed' };
    this.passed('document', work.delivered, [...changes, booted]);
    this.conclude(work);
  }

  /** A higher version is stored as the current one; an equal one is not, so that the stored spec comes back in time. */
  private conclude(work: Work): void {
    if (this.isNewer(work)) {
      this.machine.notes = {
        desired: work.delivered,
        current: work.delivered,
        rollback: { failedVersion: null },
      };
      this.say(updated);
    }
    this.rest();
  }

  private isNewer({ delivered }: Work): boolean {
    return delivered.position.version > this.current.position.version;
  }

  /** Repairs what was changed by hand. */
  private applyAgain(): void {
    const { current } = this;
    const applied = readAgentSpec(current.spec);
    const isPossible = failureOf(this.machine, applied, this.surroundings.nowMs()) === undefined;
    if (!this.isHeldByOlder && isPossible) {
      this.passed('re-application', current, applySpec(this.machine, applied, applied));
    }
    this.enter({ kind: 'idle' }, this.passAgain.next());
  }

  private leave(next: Decommissioning | 'wipe'): void {
    switch (next) {
      case 'Started':
      case 'Completed':
        this.decommissioning = next;
        this.changeConditions();
        this.enter({ kind: 'decommissioning', next: next === 'Started' ? 'Completed' : 'wipe' });
        return;
      case 'wipe':
        this.machine.decommission();
        this.say({ status: 'False', reason: 'Error', message: 'the device is decommissioned' });
        this.enter({ kind: 'gone' });
        return;
      default:
        next satisfies never;
    }
  }

  private passed(cause: Pass['cause'], { position }: DeliveredSpec, changes: readonly Change[]): void {
    if (changes.some(({ kind }) => kind === 'application')) this.statusRevision += 1;
    this.surroundings.onPass({ cause, version: position.version, changes }, this.machine);
  }

  private enter(phase: Phase, waitMs = 0): void {
    this.phase = phase;
    this.dueMs = this.surroundings.nowMs() + waitMs;
  }

  private rest(): void {
    this.passAgain.reset();
    this.enter({ kind: 'idle' }, this.passAgain.next());
  }

  private say(update: Updating): void {
    this.update = update;
    this.changeConditions();
  }

  private changeConditions(): void {
    this.conditionsSinceMs = this.surroundings.nowMs();
    this.statusRevision += 1;
    this.urgentRevision = this.statusRevision;
  }

  private get desired(): DeliveredSpec {
    return this.machine.notes.desired ?? nothingDelivered;
  }

  private resetNotes(): void {
    this.machine.notes = { desired: nothingDelivered, current: nothingDelivered, rollback: { failedVersion: null } };
  }
}

const updated: Updating = { status: 'False', reason: 'Updated', message: '' };

function workOf(delivered: DeliveredSpec): Work {
  return { delivered, wanted: readAgentSpec(delivered.spec) };
}

function isSet<Value>(value: Value | null | undefined): value is Value {
  return value !== null && value !== undefined;
}
