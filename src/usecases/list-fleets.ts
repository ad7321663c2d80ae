import { fleetSelection, listFleets as listRecords } from '../db/fleet-store.ts';
import { countRowsAfter } from '../db/rows-after.ts';
import { fleetDocument } from '../domain/fleets/fleet-document.ts';
import type { Page } from '../domain/page.ts';
import type { Fleet } from '../domain/resources/fleet.ts';
import { parseListSelectors, type GivenSelectors } from '../domain/selectors/list-selectors.ts';
import { fleetFields } from '../domain/selectors/resource-fields.ts';
import { factsOf } from './read-fleet.ts';
import { inView, type ViewDeps } from './steps/in-restore.ts';
import { readPage, type PageRequest } from './steps/read-page.ts';

/**
 * A page of fleets in name order, with summaries of their devices if those are asked for.
 *
 * @throws MusterError 400 for a selector that does not parse
 */
export async function listFleets(
  deps: ViewDeps,
  { withSummary = false, ...given }: GivenSelectors & { withSummary?: boolean | undefined },
  page: PageRequest,
): Promise<Page<Fleet, string>> {
  const selectors = parseListSelectors(given, fleetFields);
  return await inView(deps, async (tx, view) => {
    const where = fleetSelection(selectors);
    const { shown, next, remaining } = await readPage(selectors, page, {
      list: (range) => listRecords(tx, { where, ...range }),
      countAfter: (name) => countRowsAfter(tx, 'fleets', name),
    });
    const facts = await factsOf(tx, shown, withSummary ? view : undefined);
    return { items: shown.map((fleet) => fleetDocument(fleet, facts(fleet.name))), next, remaining };
  });
}
