import type { Gate } from '../domain/gate.ts';
import type { JsonObject } from '../domain/json.ts';
import type { DevicePosition } from '../domain/position.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { DeliveredSpec } from './delivered-spec.ts';

/** What the service tells a device of how it stands, in whatever form. */
export type DeviceAnswer = {
  readonly restore: string;
  readonly gate: Gate;
  readonly verdict: Verdict;
};

/** Sees what happens between devices and the service. */
export type DeviceObserver = {
  /** A report is about to leave the device. */
  reportSent(device: string): void;
  /** A report that said `reported` has been answered. */
  answered(device: string, answer: DeviceAnswer, reported: DevicePosition): void;
  /** A spec has come to a device that ran `before`; it has not been applied yet. */
  delivered(device: string, delivered: DeliveredSpec, before: DevicePosition): void;
  /** The device would not apply a spec, because its version is not above its own. */
  refused(device: string, delivered: DeliveredSpec, before: DevicePosition): void;
};

/** Where a simulated device begins. */
export type StartingPoint = { readonly position: DevicePosition; readonly spec: JsonObject };

/** A device fresh from the factory. */
export const fresh: StartingPoint = { position: { version: 0, timeline: null, specHash: null }, spec: {} };

/** What a device knows of itself, whichever way it talks. */
export class SimulatedDevice {
  readonly name: string;
  private readonly observer: DeviceObserver;
  private at: DevicePosition;
  private runs: JsonObject;
  private heard: DeviceAnswer | undefined;
  private confirmed: DevicePosition | undefined;
  private told: string | undefined;

  constructor(name: string, { position, spec }: StartingPoint, observer: DeviceObserver) {
    this.name = name;
    this.at = position;
    this.runs = spec;
    this.observer = observer;
  }

  get position(): DevicePosition {
    return this.at;
  }

  get spec(): JsonObject {
    return this.runs;
  }

  /** What the service last said; undefined before its first answer. */
  get answer(): DeviceAnswer | undefined {
    return this.heard;
  }

  /** Whether the service has answered a report of the position that the device is at. */
  get isConfirmed(): boolean {
    return this.confirmed === this.at;
  }

  /** A report is about to be sent. @returns what it says */
  reports(): DevicePosition {
    this.observer.reportSent(this.name);
    return this.at;
  }

  hear(answer: DeviceAnswer, reported: DevicePosition): void {
    this.heard = answer;
    this.confirmed = reported;
    this.observer.answered(this.name, answer, reported);
  }

  /**
   * Applies a spec, but never one whose version is not above its own: that would be a step back, and an agent ignores it.
   *
   * @returns whether it was applied
   */
  receive(delivered: DeliveredSpec): boolean {
    const before = this.at;
    this.observer.delivered(this.name, delivered, before);
    if (delivered.position.version <= before.version) {
      this.observer.refused(this.name, delivered, before);
      return false;
    }
    this.at = delivered.position;
    this.runs = delivered.spec;
    return true;
  }

  /** Whether the service should be told which spec the device runs: once for each conflict and position. */
  owesSpec(): boolean {
    if (this.heard?.gate !== 'ConflictPaused') return false;
    return this.told !== this.conflictKey();
  }

  /** The spec has been told. */
  toldSpec(): void {
    this.told = this.conflictKey();
  }

  private conflictKey(): string {
    return `${this.heard?.restore ?? ''} ${this.at.version}`;
  }
}
