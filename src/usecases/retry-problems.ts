import type { Clock } from '../time/clock.ts';
import type { Database } from '../db/client.ts';
import { holdRestore } from '../db/fence.ts';
import { wantProblemsRendered } from '../db/problem-store.ts';

type Deps = { readonly database: Database; readonly clock: Clock };

/** Devices that are tried again at one time. */
const maxDevices = 5_000;

/**
 * Has specs rendered again that could not be rendered: what kept them from it may be gone without anybody editing them, such
 * as a file that was missing, or a repository that was not known.
 *
 * @returns how many devices want rendering because of it
 */
export async function retryProblems({ database, clock }: Deps): Promise<number> {
  return await database.transact(async (tx) => {
    const restore = await holdRestore(tx);
    return await wantProblemsRendered(tx, { restore, limit: maxDevices, now: clock.now() });
  });
}
