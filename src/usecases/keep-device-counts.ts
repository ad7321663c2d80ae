import { countingChore, keepCounts, readDeviceCounting, type DeviceCounting } from '../db/device-count-store.ts';
import { countStatesOfPage, type StateCount } from '../db/device-summary.ts';
import { currentRestore } from '../db/fence.ts';
import { doChore, type ChoreDeps } from './steps/do-chore.ts';
import { viewAt, type ViewDeps } from './steps/in-restore.ts';

type Deps = ChoreDeps & ViewDeps;

/** Devices up to which they are counted at each request: that takes a tenth of a second. */
export const countedAtOnce = 50_000;
/** Devices counted by one statement. */
const devicesPerStep = 10_000;
/** Shortest pause between two countings. */
const leastPauseMs = 30_000;
/** The pause, as a multiple of the time that counting took: counting takes a tenth of one connection's time at most. */
const pauseRatio = 10;

/**
 * Counts all devices of a large fleet by their states, in steps, and keeps the numbers for summaries. Does nothing for a fleet that is
 * counted at each request, where the numbers are young enough, or while another instance is at it. After a restore they are
 * counted anew at once.
 */
export async function keepDeviceCounts(deps: Deps, signal: AbortSignal): Promise<void> {
  const { database } = deps;
  const counting = await readDeviceCounting(database.pool);
  if (counting.total <= countedAtOnce) return;
  const view = viewAt(deps, counting.restore);
  const counts: StateCount[] = [];
  let after = '';
  await doChore(deps, { name: countingChore, everyMs: pauseAfter(counting), signal }, async () => {
    const page = await countStatesOfPage(database.pool, { after, limit: devicesPerStep }, view);
    counts.push(...page.counts);
    if (page.next !== undefined) {
      after = page.next;
      return true;
    }
    await database.transact(async (tx) => {
      // Numbers of a restore that is over say nothing of this one: those of it follow.
      if ((await currentRestore(tx)) !== view.restore) return;
      await keepCounts(tx, counts, { restore: view.restore, countedAt: view.now });
    });
    return false;
  });
}

function pauseAfter({ restore, last }: DeviceCounting): number {
  if (last === undefined || last.restore !== restore) return 0;
  return Math.max(leastPauseMs, pauseRatio * (last.endedAt.getTime() - last.countedAt.getTime()));
}

/** The age of the kept numbers in milliseconds, if they are to be used: for a large fleet, unless they are of another restore or old. */
export function ageOfCounts(counting: DeviceCounting, now: Date): number | undefined {
  const { restore, total, last } = counting;
  if (total <= countedAtOnce || last === undefined || last.restore !== restore) return undefined;
  const age = now.getTime() - last.countedAt.getTime();
  return age >= 0 && age <= 3 * pauseAfter(counting) + 60_000 ? age : undefined;
}
