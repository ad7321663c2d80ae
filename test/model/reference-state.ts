import type { Claim, Spec } from './history.ts';

/** The expected state of one device on the server. */
export type Belief = {
  /** Takes part in musters: not decommissioned. */
  readonly mustered: boolean;
  readonly timeline: string;
  readonly version: number;
  /** The spec of the version; null before the first render and after a resume. */
  readonly spec: Spec | null;
  /** Specs that the server knows to be ancestors of its position, itself included. */
  readonly known: ReadonlySet<string>;
  /** Specs that truly are, a person's decisions included. */
  readonly ancestors: ReadonlySet<string>;
  /** The claim that a person would decide about: the highest in conflict, or else the highest of all. */
  readonly reported: Claim | null;
  readonly answered: string;
  readonly paused: boolean;
  readonly desired: string;
  readonly wanted: number;
  readonly rendered: number;
  /** Its label; null without one, as once it is decommissioned. */
  readonly group: string | null;
  /** The fleet that it belongs to. */
  readonly owner: string | null;
  /** True if a person adopted the desired spec from the device, in the form in which it was delivered. */
  readonly adopted: boolean;
  /** True if the desired spec was decided when its owner's template was known. */
  readonly ofTemplate: boolean;
  /** The template of its owner cannot be filled in for it. */
  readonly problem: boolean;
  /** The spec that the device last sent, and for which version. */
  readonly sent: { readonly version: number; readonly content: string } | null;
};

/** The expected state of a fleet on the server. No two fleets select the same group. */
export type FleetBelief = {
  readonly group: string;
  readonly template: string;
  readonly generation: number;
  readonly rolledOut: number;
};

type Tally = { answered: number; inSync: number; behind: number; resumed: number; adopted: number };
export const noTally: Tally = { answered: 0, inSync: 0, behind: 0, resumed: 0, adopted: 0 };

export type ServerState = {
  readonly restore: string;
  /** Stands for a restore while none is declared: it never musters. */
  readonly genesis: string;
  readonly devices: ReadonlyMap<string, Belief>;
  readonly fleets: ReadonlyMap<string, FleetBelief>;
  /** The highest version that each device claimed while it was not known. */
  readonly unknown: ReadonlyMap<string, number>;
  readonly tally: Tally;
  readonly settled: boolean;
  /** Contents of which a rendered spec is stored. */
  readonly stored: ReadonlySet<string>;
  /** Idempotency keys of declared restores, with the reason given and the restore made. */
  readonly keys: ReadonlyMap<string, { readonly reason: string; readonly restore: string }>;
};

export type ExpectedEvent = {
  readonly reason: string;
  readonly name: string;
  /** A pause of a device that had answered: nobody expected it. */
  readonly unexpected?: boolean;
  /** The restore of the event, if it is not the current one. */
  readonly restore?: string;
};
export type Gate = 'Open' | 'AwaitingReconnect' | 'ConflictPaused';

/** A state to go on with, and the events that must have been written on the way to it. */
export type Next = { readonly state: ServerState; readonly events: readonly ExpectedEvent[] };

export function gateOf({ mustered, answered, paused }: Belief, restore: string): Gate {
  if (!mustered) return 'Open';
  if (answered !== restore) return 'AwaitingReconnect';
  return paused ? 'ConflictPaused' : 'Open';
}

export function census({ devices, restore }: ServerState): { total: number; awaiting: number; conflictPaused: number } {
  const mustered = [...devices.values()].filter((belief) => belief.mustered);
  const count = (gate: Gate) => mustered.filter((belief) => gateOf(belief, restore) === gate).length;
  return { total: mustered.length, awaiting: count('AwaitingReconnect'), conflictPaused: count('ConflictPaused') };
}

/** The state with another belief about one device. */
export const update = (state: ServerState, name: string, belief: Belief): ServerState => ({
  ...state,
  devices: new Map(state.devices).set(name, belief),
});

/** Before anything. */
export const genesis = (restore: string): ServerState => ({
  restore,
  genesis: restore,
  devices: new Map(),
  fleets: new Map(),
  unknown: new Map(),
  tally: noTally,
  settled: true,
  stored: new Set(),
  keys: new Map(),
});
