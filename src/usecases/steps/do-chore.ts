import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../db/client.ts';
import { holdChore, releaseChore } from '../../db/chore-store.ts';
import type { Clock } from '../../time/clock.ts';

/** Dependencies of work that one instance does at a time. */
export type ChoreDeps = { readonly database: Database; readonly clock: Clock };

/** Time for which a chore is held at each step. One whose instance was killed is free again after it. */
const holdMs = 60_000;
/** Pause after a step: what people and devices ask for comes first. */
const pauseMs = 20;

/**
 * Does a chore where it is due and no other instance is at it, step by step. What a killed process left undone, the next one does.
 *
 * @param step does one step, of bounded size. @returns false if it was the last
 */
export async function doChore(
  { database, clock }: ChoreDeps,
  { name, everyMs, signal }: { readonly name: string; readonly everyMs: number; readonly signal: AbortSignal },
  step: () => Promise<boolean>,
): Promise<void> {
  const holder = { name, by: randomUUID() };
  const hold = () => holdChore(database.pool, holder, { now: clock.now(), everyMs, holdMs });
  if (signal.aborted || !(await hold())) return;
  let ended = false;
  try {
    while (!signal.aborted) {
      ended = !(await step());
      if (ended) break;
      // It resolves at once when it is told to stop.
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
      if (!(await hold())) return;
    }
  } finally {
    await releaseChore(database.pool, holder, ended ? clock.now() : undefined);
  }
}
