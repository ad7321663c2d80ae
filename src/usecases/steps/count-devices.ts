import type { Executor } from '../../db/client.ts';
import { appendEvents } from '../../db/event-log.ts';
import { countForRestore, type CounterChange } from '../../db/restore-counters.ts';
import { gateOf } from '../../domain/recovery/gate.ts';
import type { JudgedState } from '../../domain/recovery/report.ts';
import { settlingEvent } from '../../domain/recovery/restore-events.ts';
import type { At } from './in-restore.ts';
import type { BucketCount } from '../../domain/recovery/answer-times.ts';

/**
 * Counts a new device among those of the current restore: one that has answered it by being new, or one that is awaited,
 * for which a restore that had settled is mustering again.
 */
export async function countNewDevice(tx: Executor, { awaited }: { awaited: boolean }, at: At): Promise<void> {
  await countAndSettle(tx, { total: 1, awaiting: awaited ? 1 : 0 }, at);
}

/** Counts a device out that takes no part any more: it is awaited and paused no longer, though it may have answered. */
export async function countOutDevice(tx: Executor, state: JudgedState, at: At): Promise<void> {
  if (!state.mustered) return;
  const gate = gateOf(state, at.restore);
  const awaiting = gate === 'AwaitingReconnect' ? -1 : 0;
  const conflictPaused = gate === 'ConflictPaused' ? -1 : 0;
  await countAndSettle(tx, { total: -1, awaiting, conflictPaused }, at);
}

/**
 * Counts for the current restore, and writes its event where that settles it or makes it muster again.
 *
 * @returns how many devices are still awaited, if that may have changed
 */
export async function countAndSettle(
  tx: Executor,
  change: CounterChange,
  { restore, now }: At,
  answers: readonly BucketCount[] = [],
): Promise<number | undefined> {
  const { settling, awaiting } = await countForRestore(tx, restore, change, { now, answers });
  if (settling !== undefined) await appendEvents(tx, [settlingEvent(restore, settling)], { restore, now });
  return awaiting;
}
