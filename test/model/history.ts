import type { JsonObject } from '../../src/domain/json.ts';
import type { DevicePosition } from '../../src/domain/recovery/position.ts';
import { specHash } from '../../src/domain/rendering/spec-hash.ts';

// What truly happened, which neither the server nor its backups can know.

/** One render for one device, or what a device brought along from another control plane. */
export type Spec = {
  readonly id: string;
  readonly device: string;
  readonly timeline: string;
  readonly version: number;
  readonly content: string;
  readonly hash: string;
  /** Ids of all that truly came before it on the way to it, and its own. */
  readonly ancestors: ReadonlySet<string>;
};

export type SpecPlace = Pick<Spec, 'device' | 'timeline' | 'version' | 'content'>;

/** Contents are unique, so an id names one spec in the whole history of the world. */
export function createSpec(place: SpecPlace, ancestors: ReadonlySet<string>): Spec {
  const hash = hashOf(place.content);
  const id = `${place.device}@${place.timeline}#${place.version}:${hash.slice(0, 8)}`;
  return { ...place, id, hash, ancestors: new Set([...ancestors, id]) };
}

const givenUp = ' decommissioning';
/** The content that tells a device that it is given up. */
export const orderToDecommission = (content: string): string => content + givenUp;
export const isOrderToDecommission = (content: string): boolean => content.endsWith(givenUp);

/** The smallest document that carries a content. */
export function documentOf(content: string): JsonObject {
  const os = { image: content.replace(givenUp, '') };
  return isOrderToDecommission(content) ? { os, decommissioning: { target: 'Unenroll' } } : { os };
}

const hashes = new Map<string, string>();
export function hashOf(content: string): string {
  const known = hashes.get(content) ?? specHash(documentOf(content));
  hashes.set(content, known);
  return known;
}

/**
 * How much of its position a device states: all of it, the number and the hash, the number alone (an unmodified Flight
 * Control agent), or nothing (a heartbeat).
 */
export type Form = 'full' | 'hashed' | 'number' | 'silent';

/** What a device says of itself. */
export type Claim = {
  readonly device: string;
  /** What it says it runs; null before its first spec. */
  readonly at: Spec | null;
  readonly form: Form;
  /** It sends the spec that it runs along. */
  readonly withSpec: boolean;
};

/** The claim as it stands on the wire. */
export function positionOf({ at, form }: Claim): DevicePosition | null {
  switch (form) {
    case 'silent':
      return null;
    case 'full':
      return { version: at?.version ?? 0, timeline: at?.timeline ?? null, specHash: at?.hash ?? null };
    case 'hashed':
      return { version: at?.version ?? 0, timeline: null, specHash: at?.hash ?? null };
    case 'number':
      return { version: at?.version ?? 0, timeline: null, specHash: null };
    default:
      return form satisfies never;
  }
}

/** A claim on its way, or held by the network to come again. */
export type Report = { readonly id: number; readonly claim: Claim };

/** A real device. */
export class Device {
  readonly name: string;
  readonly form: Form;
  at: Spec | null = null;
  /** Every spec it applied and could fall back to, oldest first. */
  private applied: Spec[] = [];
  /** The report whose answer it waits for; the answer to any other reaches nobody. */
  live: number | null = null;
  /** It was asked to send the spec that it runs, and will with its next report. */
  asked = false;

  constructor(name: string, form: Form) {
    this.name = name;
    this.form = form;
  }

  /** It did as it was told and gave itself up: it will not speak again. */
  get gone(): boolean {
    return this.at !== null && isOrderToDecommission(this.at.content);
  }

  /** Applies what it is handed, unless it is not newer. */
  receive(spec: Spec): void {
    if (this.at !== null && spec.version <= this.at.version) return;
    this.at = spec;
    this.applied.push(spec);
  }

  /** The newest spec did not work: back to the one before, and ready to take a newer one. */
  rollBack(): void {
    this.live = null;
    this.applied.pop();
    this.at = this.applied.at(-1) ?? null;
  }

  /** It comes back from another control plane. */
  reimage(spec: Spec): void {
    this.live = null;
    this.at = spec;
    this.applied = [spec];
  }

  /** A spec that it ran earlier, for a claim that is out of date. */
  earlier(): Spec | null {
    return this.applied.at(-2) ?? null;
  }

  copy(): Device {
    const copy = new Device(this.name, this.form);
    copy.at = this.at;
    copy.applied = [...this.applied];
    copy.live = this.live;
    copy.asked = this.asked;
    return copy;
  }
}
