/** The states of the gate, which decides if specs may be rendered for and delivered to a device. */
export const gates = ['Open', 'AwaitingReconnect', 'ConflictPaused'] as const;
export type Gate = (typeof gates)[number];

/** Facts that decide the gate, together with the current restore. */
type GateFacts = {
  /** Decommissioning and decommissioned devices take no part in musters: their gate is always open. */
  readonly mustered: boolean;
  readonly answeredRestore: string;
  /** The open conflict; null if there is none. */
  readonly conflict: object | null;
};

/**
 * Computes the gate of a device. A device is awaited exactly when the restore that it last answered is not the current one,
 * so a restore stamps all devices by one row. A conflict outlasts any number of restores. db/gate-sql.ts says the same in
 * SQL.
 */
export function gateOf(device: GateFacts, currentRestore: string): Gate {
  if (!device.mustered) return 'Open';
  if (device.answeredRestore !== currentRestore) return 'AwaitingReconnect';
  return device.conflict === null ? 'Open' : 'ConflictPaused';
}

/**
 * Every legal move of a gate, also those that leave it as it is. Other moves do not happen: a device in conflict never
 * answers as an ancestor (its conflict stays until a person decides), and only a paused one is resumed.
 */
export const gateTransitions = [
  { from: 'Open', cause: 'RestoreDeclared', to: 'AwaitingReconnect' },
  { from: 'Open', cause: 'AnsweredAncestor', to: 'Open' },
  { from: 'Open', cause: 'AnsweredConflict', to: 'ConflictPaused' },
  { from: 'AwaitingReconnect', cause: 'RestoreDeclared', to: 'AwaitingReconnect' },
  { from: 'AwaitingReconnect', cause: 'AnsweredAncestor', to: 'Open' },
  { from: 'AwaitingReconnect', cause: 'AnsweredConflict', to: 'ConflictPaused' },
  { from: 'ConflictPaused', cause: 'RestoreDeclared', to: 'AwaitingReconnect' },
  { from: 'ConflictPaused', cause: 'AnsweredConflict', to: 'ConflictPaused' },
  { from: 'ConflictPaused', cause: 'Resumed', to: 'Open' },
  { from: 'ConflictPaused', cause: 'Adopted', to: 'Open' },
] as const satisfies ReadonlyArray<{ readonly from: Gate; readonly cause: string; readonly to: Gate }>;

/** A reason for a gate to move. */
export type GateCause = (typeof gateTransitions)[number]['cause'];

/** Reads the gate after a cause from the table. @throws Error if the table has no such move: a fault of the program */
export function nextGate(from: Gate, cause: GateCause): Gate {
  const move = gateTransitions.find((candidate) => candidate.from === from && candidate.cause === cause);
  if (move === undefined) throw new Error(`gate: expected a move from ${from} by ${cause} in the table, found none`);
  return move.to;
}
