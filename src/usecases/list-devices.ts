import { deviceSelection } from '../db/device-selection.ts';
import { listDevices as listRecords } from '../db/device-store.ts';
import { countDevicesAfter } from '../db/device-summary.ts';
import { deviceDocument } from '../domain/devices/device-document.ts';
import type { Page } from '../domain/page.ts';
import type { Device } from '../domain/resources/device.ts';
import { parseListSelectors, type GivenSelectors } from '../domain/selectors/list-selectors.ts';
import { deviceFields } from '../domain/selectors/resource-fields.ts';
import { inView, type ViewDeps } from './steps/in-restore.ts';
import { readPage, type PageRequest } from './steps/read-page.ts';

/**
 * A page of devices in name order.
 *
 * @throws MusterError 400 for a selector that does not parse
 */
export async function listDevices(
  deps: ViewDeps,
  given: GivenSelectors,
  page: PageRequest,
): Promise<Page<Device, string>> {
  const selectors = parseListSelectors(given, deviceFields);
  return await inView(deps, async (tx, view) => {
    const where = deviceSelection(selectors, view);
    const { shown, next, remaining } = await readPage(selectors, page, {
      list: (range) => listRecords(tx, { where, ...range }),
      countAfter: (name) => countDevicesAfter(tx, name),
    });
    return { items: shown.map((record) => deviceDocument(record, view)), next, remaining };
  });
}
