import { snapshotFacts } from '../db/server/journal-snapshot.ts';
import type { Journal } from '../journal/journal.ts';
import { doChore, type ChoreDeps } from './steps/do-chore.ts';

type Deps = ChoreDeps & {
  readonly journal: Journal;
  readonly databaseUrl: string;
  readonly config: { readonly journalKeepMs: number | undefined };
};

/** A snapshot is written once a day, so that segments that are too old can go. */
const everyMs = 24 * 3_600_000;
/** It is written sooner after facts were lost, or a process was killed with facts that it had not written. */
const soonMs = 60_000;

/**
 * Writes a snapshot into the journal where one is due, and then removes the segments that have been kept for as long as
 * MUSTER_JOURNAL_KEEP says.
 */
export async function keepJournal(deps: Deps, signal: AbortSignal): Promise<void> {
  const { journal, clock, config, databaseUrl } = deps;
  if (!journal.isKept) return;
  const hasGaps = await journal.tidyUp();
  await doChore(deps, { name: 'journal', everyMs: hasGaps ? soonMs : everyMs, signal }, async () => {
    await journal.writeSnapshot(snapshotFacts(databaseUrl, signal));
    if (config.journalKeepMs === undefined) return false;
    await journal.removeBefore(new Date(clock.now().getTime() - config.journalKeepMs));
    return false;
  });
}
