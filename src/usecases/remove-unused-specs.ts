import type { Config } from '../config/config.ts';
import {
  estimateSpecs,
  listSpecHashes,
  markSpecs,
  readUsedHashes,
  removeUnusedSpecs,
} from '../db/unused-spec-store.ts';
import { HashFilter } from '../domain/rendering/hash-filter.ts';
import type { Observer } from './observer.ts';
import { doChore, type ChoreDeps } from './steps/do-chore.ts';

type Deps = ChoreDeps & { readonly observer: Observer; readonly config: Pick<Config, 'specsKeepMs'> };

/** Longest interval of the checks for unused specs, each of which reads all positions. A quarter of MUSTER_SPECS_KEEP if that is less. */
const longestIntervalMs = 6 * 3_600_000;
const devicesPerStep = 5_000;
const specsPerStep = 500;

/**
 * Removes rendered specs to which no device has referred for as long as MUSTER_SPECS_KEEP says. First all positions are read, to know
 * which are used; then all specs are gone through, and marked, or removed if their mark is old enough.
 */
export async function removeUnreferencedSpecs(deps: Deps, signal: AbortSignal): Promise<void> {
  const { database, clock, config, observer } = deps;
  const { specsKeepMs } = config;
  if (specsKeepMs === undefined) return;
  const everyMs = Math.min(longestIntervalMs, specsKeepMs / 4);
  const beganAt = clock.now();
  let used: HashFilter | undefined;
  let allDevicesRead = false;
  let after = '';
  await doChore(deps, { name: 'rendered-specs', everyMs, signal }, async () => {
    used ??= new HashFilter(await estimateSpecs(database.pool));
    if (!allDevicesRead) {
      const { hashes, last } = await readUsedHashes(database.pool, { after, limit: devicesPerStep });
      for (const hash of hashes) used.add(hash);
      allDevicesRead = last === undefined;
      after = last ?? '';
      return true;
    }
    const page = await listSpecHashes(database.pool, { after, limit: specsPerStep, before: beganAt });
    const { stale, fresh, again } = sortOut(page, used);
    const removed = await database.transact(async (tx) => {
      await markSpecs(tx, { unused: fresh, used: again, now: clock.now() });
      const before = new Date(clock.now().getTime() - specsKeepMs);
      return await removeUnusedSpecs(tx, { hashes: stale, before });
    });
    observer.removedOutdated('rendered-specs', removed);
    after = page.at(-1)?.hash ?? after;
    return page.length === specsPerStep;
  });
}

/** Specs that were unused at the last look too, those that are since, and those that are used again. */
type SortedOut = { readonly stale: string[]; readonly fresh: string[]; readonly again: string[] };

/** @param page of specs; one that came after the look at the devices began is left as it is */
function sortOut(page: Awaited<ReturnType<typeof listSpecHashes>>, used: HashFilter): SortedOut {
  const sorted: SortedOut = { stale: [], fresh: [], again: [] };
  for (const { hash, unused, old } of page) {
    if (used.mayHave(hash)) {
      if (unused) sorted.again.push(hash);
    } else if (unused) sorted.stale.push(hash);
    else if (old) sorted.fresh.push(hash);
  }
  return sorted;
}
