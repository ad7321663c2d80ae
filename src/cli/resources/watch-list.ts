import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../../client/api-client.ts';
import { mayPass } from '../../client/failures.ts';
import { note } from '../../terminal/terminal.ts';
import type { ListQuery } from '../../client/pages.ts';
import { pagesOfKind, type Listed, type ResourceKind } from './resource-kind.ts';

const everyMs = 2_000;
/** Number of recent events that a watch of events begins with. */
const recentCount = 100;

type Watch = {
  readonly kind: ResourceKind;
  readonly api: ApiClient;
  readonly query: ListQuery;
  /** Shown part of an item; the item is printed again when this changes. */
  fingerprint(item: Listed): string;
  onItems(items: readonly Listed[]): void;
};

/**
 * Tells of every item, then of each that is new or has changed, until the process is ended. The API has no watch of lists,
 * so it is asked again and again; a server that is away for a while is waited for.
 *
 * @throws CliError if the first answer is none
 */
export async function watchList(watch: Watch): Promise<never> {
  const seen = new Map<string, string>();
  watch.onItems(await news(watch, seen, true));
  for (;;) {
    await sleep(everyMs);
    try {
      watch.onItems(await news(watch, seen, false));
    } catch (error) {
      if (!mayPass(error)) throw error;
      note(`${error.message}: trying again`);
    }
  }
}

async function news(watch: Watch, seen: Map<string, string>, isFirst: boolean): Promise<Listed[]> {
  const { kind, api, query } = watch;
  const changed: Listed[] = [];
  const listed = new Set<string>();
  for await (const page of pagesOfKind(
    kind,
    api,
    kind.appendOnly && isFirst ? { ...query, limit: recentCount } : query,
  )) {
    const before = changed.length;
    for (const item of page.items) {
      listed.add(item.name);
      const fingerprint = watch.fingerprint(item);
      if (seen.get(item.name) !== fingerprint) changed.push(item);
      seen.set(item.name, fingerprint);
    }
    const allSeen = changed.length - before < page.items.length;
    if (kind.appendOnly && allSeen) return changed.toReversed();
  }
  if (kind.appendOnly) return changed.toReversed();
  // What is gone may come back, and is news then.
  for (const name of seen.keys()) if (!listed.has(name)) seen.delete(name);
  return changed;
}
