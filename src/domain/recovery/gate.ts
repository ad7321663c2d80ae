/** Whether specs may be rendered for and delivered to a device. */
export const gates = ['Open', 'AwaitingReconnect', 'ConflictPaused'] as const;
export type Gate = (typeof gates)[number];

/** What the gate depends on, beside the current restore. */
export type GateFacts = {
  /** Decommissioning and decommissioned devices take no part in musters: their gate is always open. */
  readonly mustered: boolean;
  readonly answeredRestore: string;
  /** The conflict that was found and not yet decided, if there is one. */
  readonly conflict: object | null;
};

/**
 * A device awaits exactly when the restore it last answered is not the current one (the stamp of a restore is one row, not one a device); a conflict
 * outlives that and any number of restores. db/gate-sql.ts says the same in SQL.
 */
export function gateOf(device: GateFacts, currentRestore: string): Gate {
  if (!device.mustered) return 'Open';
  if (device.answeredRestore !== currentRestore) return 'AwaitingReconnect';
  return device.conflict === null ? 'Open' : 'ConflictPaused';
}

/** What makes a gate change. */
export type GateCause = 'RestoreDeclared' | 'AnsweredAncestor' | 'AnsweredConflict' | 'Resumed' | 'Adopted';

/** Every legal change of a gate. What is not in this table does not happen. */
export const gateTransitions: ReadonlyArray<{ readonly from: Gate; readonly cause: GateCause; readonly to: Gate }> = [
  { from: 'Open', cause: 'RestoreDeclared', to: 'AwaitingReconnect' },
  { from: 'ConflictPaused', cause: 'RestoreDeclared', to: 'AwaitingReconnect' },
  { from: 'AwaitingReconnect', cause: 'RestoreDeclared', to: 'AwaitingReconnect' },
  { from: 'AwaitingReconnect', cause: 'AnsweredAncestor', to: 'Open' },
  { from: 'AwaitingReconnect', cause: 'AnsweredConflict', to: 'ConflictPaused' },
  { from: 'Open', cause: 'AnsweredConflict', to: 'ConflictPaused' },
  { from: 'ConflictPaused', cause: 'Resumed', to: 'Open' },
  { from: 'ConflictPaused', cause: 'Adopted', to: 'Open' },
];

/** The gate after a cause, or undefined where the table has no such move. */
export function nextGate(from: Gate, cause: GateCause): Gate | undefined {
  return gateTransitions.find((move) => move.from === from && move.cause === cause)?.to;
}
