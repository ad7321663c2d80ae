import type { JsonObject } from '../domain/json.ts';
import type { DeviceObserver } from './device-observer.ts';
import type { Pass } from './device/agent.ts';
import type { Change } from './device/change.ts';
import type { Machine } from './device/machine.ts';
import { differencesFrom, thingKey, type Difference } from './thing-differences.ts';
import { thingsWritten } from './written-things.ts';

/** A pass after which a device matched no spec that somebody wrote for it. */
export type UnorderedPass = {
  readonly device: string;
  readonly cause: Pass['cause'];
  readonly version: number;
  /** The changes of that pass that the closest spec did not order. */
  readonly changes: readonly Change[];
  /** All that differs from the closest spec; empty if nothing was ever written for the device. */
  readonly differences: readonly Difference[];
};

/** Gives a spec as a person wrote it, with templates filled in: worked out only when it is needed. */
type Written = () => JsonObject;

/**
 * Watches that no file, application or setting of a device is removed or changed unless a spec that somebody wrote says so
 * (invariant S10 of the design). It compares the content of devices with the specs written for them, and never looks at the
 * specs that were sent.
 */
export class OrderWitness implements DeviceObserver {
  readonly unordered: UnorderedPass[] = [];
  private readonly orders = new Map<string, Written[]>();
  /** Things that agents have changed, by device; other things are ignored. */
  private readonly touched = new Map<string, Set<string>>();

  /** A spec is about to be sent to the service for a device, by itself or as the template of its fleet. */
  written(device: string, spec: Written): void {
    this.orders.set(device, [...(this.orders.get(device) ?? []), spec]);
  }

  passed(machine: Machine, { cause, version, changes }: Pass): void {
    if (changes.length === 0 && cause !== 'document') return;
    const touched = this.touched.get(machine.name) ?? new Set<string>();
    this.touched.set(machine.name, touched);
    for (const { kind, name } of changes) touched.add(thingKey(kind, name));
    const differences = this.closest(machine, touched);
    if (differences?.length === 0) return;
    const isOff = new Set((differences ?? changes).map(({ kind, name }) => thingKey(kind, name)));
    const unordered = changes.filter(({ kind, name }) => isOff.has(thingKey(kind, name)));
    if (unordered.length === 0 && differences === undefined) return;
    this.unordered.push({ device: machine.name, cause, version, changes: unordered, differences: differences ?? [] });
  }

  /** Files, applications and settings that were removed from a device although nobody ordered it. */
  get removed(): number {
    return this.count('removed');
  }

  /** Those that were changed or added so. */
  get changed(): number {
    return this.count('changed') + this.count('added');
  }

  private count(action: Change['action']): number {
    return this.unordered.flatMap(({ changes }) => changes).filter((change) => change.action === action).length;
  }

  /**
   * Compares a device with each spec that was written for it, the newest first.
   *
   * @returns the differences from the one that it is most like; undefined if there is none
   */
  private closest(machine: Machine, touched: ReadonlySet<string>): readonly Difference[] | undefined {
    let closest: readonly Difference[] | undefined;
    for (const written of (this.orders.get(machine.name) ?? []).toReversed()) {
      const wanted = thingsWritten(written());
      if (wanted === undefined) continue;
      const differences = differencesFrom(wanted, machine, touched);
      if (differences.length === 0) return differences;
      if (closest === undefined || differences.length < closest.length) closest = differences;
    }
    return closest;
  }
}
