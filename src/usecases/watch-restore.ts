import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../db/client.ts';
import type { Restore } from '../domain/resources/restore.ts';
import { readRestore } from './read-restores.ts';

/**
 * Follows a restore: calls back with it now and on each change, at most once in `everyMs`, until it is settled or
 * superseded or its listener has gone. Looks at the database, so it sees what any instance does.
 */
export async function watchRestore(
  deps: { database: Database },
  first: Restore,
  { everyMs, closed, onChange }: { everyMs: number; closed: Promise<void>; onChange: (restore: Restore) => void },
): Promise<void> {
  const listening = new AbortController();
  void closed.then(() => listening.abort());
  let shown = '';
  for (let restore = first; ; restore = await readRestore(deps, first.metadata.name)) {
    const text = JSON.stringify(restore);
    if (text !== shown) onChange(restore);
    shown = text;
    if (restore.status.phase !== 'Mustering' || listening.signal.aborted) return;
    await sleep(everyMs, undefined, { signal: listening.signal }).catch(() => undefined);
    if (listening.signal.aborted) return;
  }
}
