import type { Executor } from '../../db/client.ts';
import { appendEvents } from '../../db/event-log.ts';
import { countForRestore, type CounterChange } from '../../db/restore-counters.ts';
import { gateOf } from '../../domain/recovery/gate.ts';
import type { JudgedState } from '../../domain/recovery/report.ts';
import { settlingEvent } from '../../domain/recovery/restore-events.ts';

type At = { readonly restore: string; readonly now: Date };

/**
 * Counts a new device among those of the current restore: one that has answered it by being new, or one that is awaited,
 * for which a restore that had settled is mustering again.
 */
export async function countNewDevice(tx: Executor, { awaited }: { awaited: boolean }, at: At): Promise<void> {
  await count(tx, { total: 1, awaiting: awaited ? 1 : 0 }, at);
}

/** Counts a device out that takes no part any more: it is awaited and paused no longer, though it may have answered. */
export async function countOutDevice(tx: Executor, state: JudgedState, at: At): Promise<void> {
  if (!state.mustered) return;
  const gate = gateOf(state, at.restore);
  const awaiting = gate === 'AwaitingReconnect' ? -1 : 0;
  const conflictPaused = gate === 'ConflictPaused' ? -1 : 0;
  await count(tx, { total: -1, awaiting, conflictPaused }, at);
}

async function count(tx: Executor, change: CounterChange, { restore, now }: At): Promise<void> {
  const { settling } = await countForRestore(tx, restore, change, { now });
  if (settling !== undefined) await appendEvents(tx, [settlingEvent(restore, settling)], { restore, now });
}
