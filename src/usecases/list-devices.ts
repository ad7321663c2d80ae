import { deviceSelection } from '../db/device-selection.ts';
import { listDevices as listRecords } from '../db/device-store.ts';
import { countRowsAfter } from '../db/rows-after.ts';
import { deviceDocument } from '../domain/devices/device-document.ts';
import type { Page } from '../domain/page.ts';
import type { Device } from '../domain/resources/device.ts';
import { parseListSelectors, selectsEverything, type GivenSelectors } from '../domain/selectors/list-selectors.ts';
import { deviceFields } from '../domain/selectors/resource-fields.ts';
import { inOneView, type ViewDeps } from './steps/in-restore.ts';
import { pageOfFound, type PageRequest } from './steps/read-page.ts';

/**
 * A page of devices in name order.
 *
 * @throws MusterError 400 for a selector that does not parse
 */
export async function listDevices(
  deps: ViewDeps,
  given: GivenSelectors,
  { limit, after }: PageRequest,
): Promise<Page<Device, string>> {
  const selectors = parseListSelectors(given, deviceFields);
  const isOfAll = selectsEverything(selectors);
  const { found, view } = await inOneView(deps, (db, view) =>
    listRecords(db, { where: isOfAll ? undefined : deviceSelection(selectors, view), after, limit: limit + 1 }),
  );
  const { shown, next, remaining } = await pageOfFound(selectors, found.records, {
    limit,
    countAfter: (name) => deps.database.read((db) => countRowsAfter(db, 'devices', name)),
  });
  return { items: shown.map((record) => deviceDocument(record, view)), next, remaining };
}
