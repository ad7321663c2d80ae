import { Ancestry } from './ancestry.ts';
import type { DatabaseDump } from './audit.ts';
import { checkActions } from './check-actions.ts';
import { checkCopies } from './check-copies.ts';
import { checkDatabase } from './check-database.ts';
import { checkOrders } from './check-orders.ts';
import { checkWire } from './check-wire.ts';
import type { Entry } from './history.ts';
import { replay } from './model.ts';
import type { Violation } from './violation.ts';

/**
 * Holds what devices and people saw, and what the databases wrote down, against the invariants S1 to S10.
 *
 * @param dumps the databases that were the service's, oldest first; the last is the one it has now
 */
export function check(history: readonly Entry[], dumps: readonly DatabaseDump[]): Violation[] {
  const replays = dumps.map(replay);
  const ancestry = new Ancestry(replays);
  const inDatabases = replays.flatMap((each) => checkDatabase(each, ancestry));
  // A copy repeats the past of what it was copied from.
  const seen = new Set<string>();
  return [
    ...inDatabases,
    ...checkWire(history, replays, ancestry),
    ...checkActions(history, replays),
    ...checkCopies(history, replays),
    ...checkOrders(history),
  ].filter(({ invariant, detail, device }) => {
    const key = `${invariant} ${device ?? ''} ${detail.replace(/^\S+_lost\d+ ?|^s\d+ ?/, '')}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
