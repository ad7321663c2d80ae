import type { Executor } from '../../db/client.ts';
import { holdRestore } from '../../db/fence.ts';
import { RowsChanged } from '../../db/position-store.ts';

/**
 * Does work that was decided from a read without locks and writes only where all is still what was read. That is almost
 * always so and costs less than locks; if it is not, all of it is undone and done again under locks.
 */
export async function underLocksIfOvertaken<Result>(
  first: () => Promise<Result>,
  underLocks: () => Promise<Result>,
): Promise<Result> {
  try {
    return await first();
  } catch (error) {
    if (!(error instanceof RowsChanged)) throw error;
    return await underLocks();
  }
}

/**
 * Holds the restore that something was decided in. Sent before what is written, without waiting for its answer: what is
 * written is undone if another restore was declared since.
 *
 * @throws RowsChanged if another one was
 */
export async function holdThisRestore(tx: Executor, restore: string): Promise<void> {
  if ((await holdRestore(tx)) !== restore) throw new RowsChanged();
}
