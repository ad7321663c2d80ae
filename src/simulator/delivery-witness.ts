import type { DevicePosition } from '../domain/recovery/position.ts';
import type { DeliveredSpec } from './delivered-spec.ts';
import type { DeviceAnswer, DeviceObserver } from './device-observer.ts';

/** The reason for which a spec should not have come to a device. */
type ViolationKind =
  /** It has not reported, or its report has not been answered, since the restore in which the spec was sent. */
  | 'awaited'
  /** It got the answer that it is paused, and has not been resumed from there. */
  | 'paused'
  /** It runs a version that the restored database cannot know, and has not been resumed from there. */
  | 'not an ancestor'
  /** It runs that version already. A restarted agent applies the document anyway, whatever its content. */
  | 'same version';

type Violation = {
  readonly device: string;
  readonly kind: ViolationKind;
  readonly before: DevicePosition;
  readonly delivered: DevicePosition;
};

/** The facts about one device that are seen on its wire and from people's actions. */
type DeviceFacts = {
  /** Up to this version the device's history is one with the server's. */
  readonly sharedVersion: number;
  /** It has sent a report since the last restore. */
  readonly hasReported: boolean;
  /** The last answer that it got. */
  readonly answer: DeviceAnswer | undefined;
  /** The version that it reported when it was told that it is paused; undefined if it was not, in this restore. */
  readonly pausedAt: number | undefined;
  /** The version up to which people resumed the device. */
  readonly resumedAt: number;
};

/** The facts about a device of which nothing is known. */
const unheardOf: DeviceFacts = {
  sharedVersion: 0,
  hasReported: false,
  answer: undefined,
  pausedAt: undefined,
  resumedAt: -1,
};

/**
 * Decides whether a spec may come to a device (invariants S1 to S3 of the design), without asking the service: only the
 * answers to the device and people's actions count.
 *
 * @returns the objection to it, or undefined
 */
function violationOf(
  facts: DeviceFacts,
  delivered: Pick<DeliveredSpec, 'restore' | 'position'>,
  before: DevicePosition,
): ViolationKind | undefined {
  const { answer, hasReported, pausedAt, resumedAt, sharedVersion } = facts;
  if (!hasReported || answer === undefined || delivered.restore !== answer.restore) return 'awaited';
  if (answer.gate === 'AwaitingReconnect') return 'awaited';
  if (pausedAt !== undefined && pausedAt > resumedAt) return 'paused';
  if (before.version > Math.max(sharedVersion, resumedAt)) return 'not an ancestor';
  return delivered.position.version === before.version ? 'same version' : undefined;
}

/** Watches that no paused or awaited device is sent a spec, as seen by the devices. */
export class DeliveryWitness implements DeviceObserver {
  readonly violations: Violation[] = [];
  /** Specs that came to a device. */
  deliveries = 0;
  /** Specs that the device would not apply: older than its own, or failed before. */
  refusals = 0;
  private readonly facts = new Map<string, DeviceFacts>();

  /**
   * A backup is about to be put in the place of the database. No device may be connected: a report under way could not
   * be told from one before.
   *
   * @param kept the versions that the backup knows; a device that is past its own has moved on
   */
  restored(kept: ReadonlyMap<string, number>): void {
    this.facts.clear();
    for (const [device, sharedVersion] of kept) this.facts.set(device, { ...unheardOf, sharedVersion });
  }

  /** People are about to resume devices, each at the version that it is known to run. */
  resuming(devices: Iterable<{ readonly name: string; readonly version: number }>): void {
    for (const { name, version } of devices) this.learn(name, { resumedAt: version });
  }

  reportSent(device: string): void {
    if (!this.factsOf(device).hasReported) this.learn(device, { hasReported: true });
  }

  answered(device: string, answer: DeviceAnswer, reported: DevicePosition): void {
    const known = this.factsOf(device);
    const isNewRestore = known.answer?.restore !== answer.restore;
    const before = isNewRestore ? undefined : known.pausedAt;
    // An open gate does not take a pause back: only a person does.
    const pausedAt = answer.gate === 'ConflictPaused' ? Math.max(before ?? 0, reported.version) : before;
    this.learn(device, { answer, pausedAt });
  }

  delivered(device: string, delivered: DeliveredSpec, before: DevicePosition): void {
    this.deliveries += 1;
    const kind = violationOf(this.factsOf(device), delivered, before);
    if (kind === undefined) this.learn(device, { sharedVersion: delivered.position.version, pausedAt: undefined });
    else this.violations.push({ device, kind, before, delivered: delivered.position });
  }

  refused(): void {
    this.refusals += 1;
  }

  private factsOf(device: string): DeviceFacts {
    return this.facts.get(device) ?? unheardOf;
  }

  private learn(device: string, news: Partial<DeviceFacts>): void {
    this.facts.set(device, { ...this.factsOf(device), ...news });
  }
}
