import type { Clock } from '../time/clock.ts';
import type { Database } from '../db/client.ts';
import { countFleetsAfter, fleetSelection, listFleets as listRecords } from '../db/fleet-store.ts';
import { openSnapshot } from '../db/fence.ts';
import { fleetDocument } from '../domain/fleets/fleet-document.ts';
import { cutPage, type Page } from '../domain/page.ts';
import type { Fleet } from '../domain/resources/fleet.ts';
import { parseListSelectors, selectsEverything, type GivenSelectors } from '../domain/selectors/list-selectors.ts';
import { fleetFields } from '../domain/selectors/resource-fields.ts';
import { factsOf } from './read-fleet.ts';

/**
 * A page of fleets in name order, with summaries of their devices if those are asked for.
 *
 * @throws MusterError 400 for a selector that does not parse
 */
export async function listFleets(
  { database, clock, config }: { database: Database; clock: Clock; config: { disconnectedAfterMs: number } },
  { withSummary = false, ...given }: GivenSelectors & { withSummary?: boolean | undefined },
  { limit, after }: { limit: number; after: string | undefined },
): Promise<Page<Fleet, string>> {
  const selectors = parseListSelectors(given, fleetFields);
  return await database.transact(async (tx) => {
    const restore = await openSnapshot(tx);
    const view = { restore, now: clock.now(), disconnectedAfterMs: config.disconnectedAfterMs };
    const found = await listRecords(tx, { where: fleetSelection(selectors), after, limit: limit + 1 });
    const { shown, next } = cutPage(found, limit, ({ name }) => name);
    const facts = await factsOf(tx, shown, withSummary ? view : undefined);
    const counts = next !== undefined && selectsEverything(selectors);
    const remaining = counts ? await countFleetsAfter(tx, next) : undefined;
    return { items: shown.map((fleet) => fleetDocument(fleet, facts(fleet.name))), next, remaining };
  });
}
