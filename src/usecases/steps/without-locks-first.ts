import { lockPositions, readPositions, RowsChanged, type PositionReader } from '../../db/position-store.ts';

/**
 * Runs a transaction that decides from positions and writes only where they are still what was read. That is almost always
 * so and costs less than locks; if it is not, all of it is undone and done again under locks.
 */
export async function withoutLocksFirst<Result>(
  transaction: (read: PositionReader) => Promise<Result>,
): Promise<Result> {
  return await underLocksIfOvertaken(
    () => transaction(readPositions),
    () => transaction(lockPositions),
  );
}

/** The same for work that differs under locks. */
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
