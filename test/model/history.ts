import type { DevicePosition } from '../../src/domain/recovery/position.ts';
import { hashOf } from './contents.ts';

// The true history, which neither the server nor its backups can know.

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

type SpecPlace = Pick<Spec, 'device' | 'timeline' | 'version' | 'content'>;

/** Contents are unique, so an id names one spec in the whole history of the world. */
export function createSpec(place: SpecPlace, ancestors: ReadonlySet<string>): Spec {
  const hash = hashOf(place.content);
  const id = `${place.device}@${place.timeline}#${place.version}:${hash.slice(0, 8)}`;
  return { ...place, id, hash, ancestors: new Set([...ancestors, id]) };
}

/**
 * The parts of its position that a device states: all of it, the number and the hash, the number alone (an unmodified
 * Flight Control agent), or nothing (a heartbeat).
 */
export type Form = 'full' | 'hashed' | 'number' | 'silent';

/** A device's claim about itself. */
export type Claim = {
  readonly device: string;
  /** The spec that it says it runs; null before its first spec. */
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
